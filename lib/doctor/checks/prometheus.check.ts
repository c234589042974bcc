import type { ResolvedOptions } from '../../options/index.js';
import { distinctGateways } from './distinct-gateways.js';
import { error, type Finding, ok, warning } from '../finding.js';
import type { AddressFacts } from '../probes/gateway.probe.js';
import type { Federation, PrometheusFacts } from '../probes/prometheus.probe.js';
import { checkScrapes } from './scrape.check.js';
import { checkTargets, matchTargets } from './targets.check.js';

export function checkPrometheus(
  facts: PrometheusFacts,
  addresses: readonly AddressFacts[],
  options: ResolvedOptions,
): Finding[] {
  const { address, failure, proxy } = facts;
  if (failure) {
    const why = facts.isConfigured
      ? 'Queries fail, and a gateway that falls silent cannot be told from one that Prometheus still scrapes'
      : 'What it has could not be checked';
    return [error('prometheus.query', address, failure.finding, { why, fix: failure.fix })];
  }
  const scraped = matchTargets(distinctGateways(addresses), facts);
  return [
    ok('prometheus.query', address, `answers queries${proxy === undefined ? '' : ` through the proxy ${proxy}`}`),
    ...checkTargets(facts, addresses, scraped, options.isBroadcast),
    ...checkScrapes(facts, scraped, options),
    ...facts.federations.flatMap((federation) => checkFederation(address, federation)),
  ];
}

function checkFederation(address: string, { job, names }: Federation): Finding[] {
  const check = 'prometheus.federation';
  if (job.renames) return [ok(check, address, `federates under names of their own (${job.name})`)];
  if (names.length === 0) return [ok(check, address, `federates none of these jobs (${job.name})`)];
  const shown = names.slice(0, 3).join(', ');
  return [
    warning(
      check,
      address,
      `federates these jobs under their own names (${job.name}: ${shown}${names.length > 3 ? ', ...' : ''})`,
      {
        why: 'A copy that arrives before a slower scrape of the same series is a counter reset (measured: up to 20 a minute), and under other labels sum() counts it again (3 times with three Prometheus)',
        fix: "Rename in its metric_relabel_configs: { source_labels: [__name__], target_label: __name__, replacement: 'federated:$1' }",
      },
    ),
  ];
}
