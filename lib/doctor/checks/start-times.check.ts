import { COPY_PREFIX } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { type Finding, hint, ok, warning } from '../finding.js';
import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';
import type { PrometheusFacts } from '../probes/prometheus.probe.js';
import type { ScrapeJob } from '../probes/scrape-config.js';
import type { StartedSeries } from '../probes/started-series.js';
import { distinctGateways } from './distinct-gateways.js';
import { spanText } from './intervals.js';
import { ASK_FOR_MESSAGES, asksForMessages, gatewayJobs, namesOf } from './scrape-jobs.js';
import { isBefore, type Version } from './version.js';

/** The feature that stores a 0 where a series began, and the first version of Prometheus that has it. */
const FEATURE = 'created-timestamp-zero-ingestion';
const HAS_FEATURE: Version = [2, 50];
/** Features by which rates are calculated from start times, and the first version that has both. By documentation only: not tried. */
const BY_START_TIMES = ['st-storage', 'use-start-timestamps'];
const HAS_RATES: Version = [3, 12];

const WHY = 'increase() does not count what a series held when Prometheus first saw it';

/** The series that began last, under its name in Prometheus. */
export function newestOf(addresses: readonly AddressFacts[], options: ResolvedOptions): StartedSeries | undefined {
  const all = addresses.flatMap(({ gateways }) => gateways.flatMap(({ starts }) => starts?.newest ?? []));
  const [newest] = all.sort((a, b) => b.startMs - a.startMs);
  return newest && options.isBroadcast ? { ...newest, name: COPY_PREFIX + newest.name } : newest;
}

/** Whether start times reach the gateways, and what each Prometheus makes of them. Nothing if they are not wanted. */
export function checkStarts(
  prometheuses: readonly PrometheusFacts[],
  addresses: readonly AddressFacts[],
  options: ResolvedOptions,
): Finding[] {
  if (!options.startTimes) return [];
  const gateways = distinctGateways(addresses);
  const answering = prometheuses.filter(({ failure }) => failure === undefined);
  const findings = answering.map((facts) => storing(facts, gatewayJobs(facts, gateways), options));
  const isEverywhere = answering.length === prometheuses.length && findings.every(({ severity }) => severity === 'ok');
  return [
    ...gateways.flatMap(shown),
    ...findings,
    ...(isEverywhere && options.announceForMs > 0 ? [needlessAnnouncing(options.announceForMs)] : []),
  ];
}

function shown({ subject, starts }: GatewayFacts): Finding[] {
  const check = 'gateway.start-times';
  if (starts === undefined || starts.series === 0) return [];
  if (starts.started > 0) return [ok(check, subject, `shows when ${starts.started} of ${starts.series} series began`)];
  return [
    hint(check, subject, 'shows of no series when it began', {
      why: WHY,
      fix: 'Push once more. If it stays so, pushes go as text: pushgateway.format "protobuf" says why; series that Prometheus gave back have no start either',
    }),
  ];
}

function storing({ address, starts = {} }: PrometheusFacts, jobs: ScrapeJob[], options: ResolvedOptions): Finding {
  const check = 'prometheus.start-times';
  const { version, features, newest } = starts;
  const or = options.announceForMs > 0 ? '. Meanwhile announceForMs helps' : ', or set announceForMs';
  if (version === undefined || features === undefined) {
    return hint(
      check,
      address,
      'cannot tell whether it stores when series began: it does not show its version and flags',
      {
        why: WHY,
        fix: `See whether it runs with --enable-feature=${FEATURE}${or}`,
      },
    );
  }
  if (isBefore(version, HAS_FEATURE)) {
    return hint(check, address, `version ${version} cannot store when series began`, {
      why: WHY,
      fix: `Install ${HAS_FEATURE.join('.')} or later, and start it with --enable-feature=${FEATURE}${or}`,
    });
  }
  const wanted = features.includes(FEATURE) ? [FEATURE] : BY_START_TIMES;
  if (!wanted.every((each) => features.includes(each)) || (wanted === BY_START_TIMES && isBefore(version, HAS_RATES))) {
    return hint(check, address, `version ${version} does not store when series began`, {
      why: WHY,
      fix: `Start it with --enable-feature=${[...features, FEATURE].join(',')}${or}`,
    });
  }
  const by = `--enable-feature=${wanted.join(',')}`;
  const silent = jobs.filter((job) => !asksForMessages(job));
  if (silent.length > 0) {
    return warning(
      check,
      address,
      `is to store when series began (${by}), but does not ask for it (scrape job ${namesOf(silent)})`,
      {
        why: `Only protobuf has start times: ${WHY}`,
        fix: ASK_FOR_MESSAGES,
      },
    );
  }
  if (wanted === BY_START_TIMES) {
    return ok(
      check,
      address,
      `calculates rates from start times (${by}; by its documentation, not tried with this package)`,
    );
  }
  if (newest?.isStored) return ok(check, address, `stores when series began (seen of ${newest.name})`);
  const unseen = newest ? `, though not of ${newest.name}, which it had or could not scrape in time` : '';
  return ok(check, address, `is to store when series began (${by})${unseen}`);
}

function needlessAnnouncing(announceForMs: number): Finding {
  return hint(
    'announcing',
    'announceForMs',
    'is not needed any more: every Prometheus that was asked stores when series began',
    {
      why: `It holds the first value of a new series back for ${spanText(announceForMs)}`,
      fix: 'Take it out, if no other Prometheus scrapes the gateways',
    },
  );
}
