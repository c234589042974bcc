import { GATEWAY_LABEL } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { error, type Finding, ok, warning } from '../finding.js';
import { spanText } from './intervals.js';
import type { PrometheusFacts, Target } from '../probes/prometheus.probe.js';
import type { ScrapedGateway } from './targets.check.js';

/** A query looks back so far for the latest sample of a series, unless `--query.lookback-delta` says otherwise. */
const LOOKBACK_MS = 300_000;

/** How this Prometheus scrapes the gateways. */
export function checkScrapes(
  facts: PrometheusFacts,
  scraped: readonly ScrapedGateway[],
  options: ResolvedOptions,
): Finding[] {
  const targets = scraped.flatMap((each) => each.targets);
  return [
    ...honorLabels(facts, targets),
    ...targetLabels(facts, scraped, options),
    ...interval(facts, targets, options),
  ];
}

function honorLabels({ address, scrapeJobs, sees }: PrometheusFacts, targets: readonly Target[]): Finding[] {
  const check = 'prometheus.honor-labels';
  const advice = {
    why: 'job and instance of what is pushed become exported_job and exported_instance: a group that moves to another gateway is a new series, and restored counters are not found',
    fix: 'Set honor_labels: true in the scrape job for gateways',
  };
  const pools = [...new Set(targets.map(({ pool }) => pool))];
  const known = pools.map((pool) => scrapeJobs?.find(({ name }) => name === pool));
  const off = known.filter((job) => job?.honorLabels === false).map((job) => job?.name ?? '');
  if (off.length > 0) return [error(check, address, `honor_labels is off (scrape job ${off.join(', ')})`, advice)];
  if (pools.length > 0 && known.every((job) => job !== undefined)) return [ok(check, address, 'honor_labels is on')];
  // The configuration is not shown, or not all of it: the labels themselves tell, once something was pushed.
  if (sees?.exportedJob) return [error(check, address, 'has these jobs as exported_job: honor_labels is off', advice)];
  if (sees?.job) return [ok(check, address, 'has these jobs under their own names')];
  return [
    warning(check, address, 'cannot tell whether honor_labels is on', {
      why: 'It shows no scrape job for the gateways, and has nothing of these jobs yet',
      fix: 'Push once and run this again, or look for honor_labels: true in its configuration',
    }),
  ];
}

function targetLabels(
  { address }: PrometheusFacts,
  scraped: readonly ScrapedGateway[],
  options: ResolvedOptions,
): Finding[] {
  const check = 'prometheus.target-labels';
  const gateways = scraped.filter(({ targets }) => targets.length > 0);
  if (gateways.length < 2) return [];
  const labels = gateways.map(({ targets: [target] }) => (target as Target).labels);
  if (options.isBroadcast) return [gatewayLabel(check, address, labels)];
  const names = new Set(labels.flatMap((each) => Object.keys(each)));
  const naming = [...names].filter(
    (name) => name !== 'job' && name !== 'instance' && new Set(labels.map((each) => each[name])).size > 1,
  );
  if (naming.length === 0) return [ok(check, address, 'no label names the gateway')];
  return [
    error(check, address, `the targets' label ${naming.join(', ')} differs from gateway to gateway`, {
      why: 'A group that moves to another gateway becomes a new series: sum() counts it twice for a while, and increase() loses count',
      fix: `Take ${naming.join(', ')} from the targets of the scrape job for gateways`,
    }),
  ];
}

function gatewayLabel(check: string, address: string, labels: readonly Target['labels'][]): Finding {
  const values = labels.map((each) => each[GATEWAY_LABEL]);
  if (!values.includes(undefined) && new Set(values).size === values.length) {
    return ok(check, address, `the label ${GATEWAY_LABEL} tells copies apart`);
  }
  return error(check, address, `the targets have no label ${GATEWAY_LABEL} of their own each`, {
    why: 'With strategy broadcast the copies of a group are then one series with several sources: every older copy is a counter reset',
    fix: `Give each gateway's target a label ${GATEWAY_LABEL}, as the configuration that the rules command prints`,
  });
}

function interval({ address }: PrometheusFacts, targets: readonly Target[], options: ResolvedOptions): Finding[] {
  const check = 'prometheus.interval';
  const longest = Math.max(0, ...targets.map(({ intervalMs }) => intervalMs));
  if (longest === 0) return [];
  const scrapes = `scrapes every ${spanText(longest)}`;
  if (2 * longest > LOOKBACK_MS) {
    return [
      warning(check, address, scrapes, {
        why: 'A query looks back 5 minutes: one missed scrape, and the series are gone for a while',
        fix: 'Scrape gateways every 2 minutes or more often',
      }),
    ];
  }
  const pushMs = options.pushIntervalMs;
  // A gateway shows what it has at each scrape, so rare pushes leave no gaps; only values change in steps.
  if (pushMs === undefined) return [ok(check, address, scrapes)];
  const pushes = `pushes are ${spanText(pushMs)} apart`;
  return [
    ok(check, address, longest > pushMs ? `${scrapes}; ${pushes}, some of them unseen` : `${scrapes}; ${pushes}`),
  ];
}
