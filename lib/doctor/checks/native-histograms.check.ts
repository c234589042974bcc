import type { ResolvedDefinition } from '../../model/index.js';
import { type Advice, type Finding, hint, ok, warning } from '../finding.js';
import type { AddressFacts } from '../probes/gateway.probe.js';
import type { PrometheusFacts } from '../probes/prometheus.probe.js';
import type { ScrapeJob } from '../probes/scrape-config.js';
import { distinctGateways } from './distinct-gateways.js';
import { ASK_FOR_MESSAGES, asksForMessages, gatewayJobs, namesOf } from './scrape-jobs.js';
import { isBefore, type Version } from './version.js';

/** The feature that stores them, the first version of Prometheus that has it, and the first in which it has no effect. */
const FEATURE = 'native-histograms';
const HAS_FEATURE: Version = [2, 40];
const HAS_NO_FEATURE: Version = [3, 9];
/** The setting of a scrape job that took its place, and the first version that has it. By documentation only: not tried. */
const SETTING = 'scrape_native_histograms: true';
const HAS_SETTING: Version = [3, 8];

interface Fault {
  readonly finding: string;
  readonly fix: string;
}

/** Whether each Prometheus stores the native histograms that there are. Nothing if there are none. */
export function checkNatives(
  prometheuses: readonly PrometheusFacts[],
  addresses: readonly AddressFacts[],
  natives: readonly ResolvedDefinition[],
): Finding[] {
  if (natives.length === 0) return [];
  const gateways = distinctGateways(addresses);
  const bare = natives.filter(({ buckets }) => buckets.length === 0).map(({ name }) => name);
  return prometheuses
    .filter(({ failure }) => failure === undefined)
    .map((facts) => {
      const fault = faultOf(facts, gatewayJobs(facts, gateways));
      const check = 'prometheus.native-histograms';
      if (fault === undefined) return ok(check, facts.address, 'stores native histograms');
      // With classic buckets there are quantiles all the same, only coarser ones.
      const say = bare.length > 0 ? warning : hint;
      return say(check, facts.address, fault.finding, { why: whyOf(bare), fix: fault.fix } satisfies Advice);
    });
}

function whyOf(bare: readonly string[]): string {
  if (bare.length === 0) return 'Of native histograms it has the classic buckets only';
  const shown = bare.slice(0, 3).join(', ');
  return `It has no buckets of ${shown}${bare.length > 3 ? ', ...' : ''}, only count and sum: no quantiles`;
}

function faultOf({ starts = {} }: PrometheusFacts, jobs: readonly ScrapeJob[]): Fault | undefined {
  const { version, features } = starts;
  if (version === undefined || features === undefined) {
    return {
      finding: 'cannot tell whether it stores native histograms: it does not show its version and flags',
      fix: `See whether it runs with --enable-feature=${FEATURE}; from 3.8 whether its scrape job for gateways has ${SETTING}`,
    };
  }
  if (isBefore(version, HAS_FEATURE)) {
    return {
      finding: `version ${version} cannot store native histograms`,
      fix: `Install ${HAS_FEATURE.join('.')} or later, and start it with --enable-feature=${FEATURE}`,
    };
  }
  const isOn = features.includes(FEATURE) && isBefore(version, HAS_NO_FEATURE);
  if (!isOn) {
    const finding = `version ${version} does not store native histograms`;
    if (isBefore(version, HAS_SETTING)) {
      return { finding, fix: `Start it with --enable-feature=${[...features, FEATURE].join(',')}` };
    }
    if (jobs.length === 0) {
      return {
        finding: 'cannot tell whether it stores native histograms: it shows no scrape job for the gateways',
        fix: `See whether that scrape job, or global, has ${SETTING}`,
      };
    }
    const off = jobs.filter(({ takesNative }) => !takesNative);
    if (off.length > 0) {
      return {
        finding: `${finding} (scrape job ${namesOf(off)})`,
        fix: `Write ${SETTING} into that scrape job, or into global`,
      };
    }
  }
  const silent = jobs.filter((job) => !asksForMessages(job));
  if (silent.length === 0) return undefined;
  return {
    finding: `is to store native histograms, but does not ask for them (scrape job ${namesOf(silent)})`,
    fix: ASK_FOR_MESSAGES,
  };
}
