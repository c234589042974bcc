import type { GatewayFacts } from '../probes/gateway.probe.js';
import type { PrometheusFacts } from '../probes/prometheus.probe.js';
import type { ScrapeJob } from '../probes/scrape-config.js';
import { matchTargets } from './targets.check.js';

/** The scrape jobs by which a Prometheus reads these gateways, as far as it shows them. */
export function gatewayJobs(facts: PrometheusFacts, gateways: readonly GatewayFacts[]): ScrapeJob[] {
  const pools = matchTargets(gateways, facts).flatMap(({ targets }) => targets.map(({ pool }) => pool));
  return (facts.scrapeJobs ?? []).filter(({ name }) => pools.includes(name));
}

/** Gateways give text to whoever asks for it first. Without a list it is that of the feature, which begins with protobuf. */
export function asksForMessages({ protocols }: ScrapeJob): boolean {
  const known = (protocols ?? []).filter((name) => name === 'PrometheusProto' || name.startsWith('PrometheusText'));
  return protocols === undefined || known[0] === 'PrometheusProto';
}

/** What to change in a scrape job that asks for text first. */
export const ASK_FOR_MESSAGES =
  'Put PrometheusProto first into scrape_protocols of that scrape job, or take scrape_protocols out of it and out of global';

export const namesOf = (jobs: readonly ScrapeJob[]): string => jobs.map(({ name }) => name).join(', ');
