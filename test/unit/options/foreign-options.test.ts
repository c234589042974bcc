import { closest, meantOption } from '../../../lib/options/closest.js';
import { resolveOptions } from '../../../lib/options/index.js';

const BRIDGE = 'PrometheusPushgatewayPromClientModule, of "nestjs-prometheus-pushgateway/prom-client"';
const SCRAPE = 'PrometheusPushgatewayScrapeModule, of "nestjs-prometheus-pushgateway/scrape"';

/** What the start says of options, with a job. */
function faultsOf(options: Record<string, unknown>): string {
  const given = { prometheus: { jobs: ['shop'] }, ...options };
  try {
    resolveOptions(given);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('These options were taken');
}

describe('an option of another library', () => {
  it.each<[string, Record<string, unknown>, string]>([
    // @willsoto/nestjs-prometheus
    ['path', { path: '/metrics' }, `path: unknown option; give it to ${SCRAPE}`],
    ['controller', { controller: Date }, `controller: unknown option; give it to ${SCRAPE}`],
    [
      'defaultMetrics',
      { defaultMetrics: { enabled: true } },
      'defaultMetrics: unknown option; give "instrument: { process: true }"',
    ],
    ['defaultLabels', { defaultLabels: {} }, 'defaultLabels: unknown option; here it is pushgateway.groupingLabels'],
    ['customMetricPrefix', { customMetricPrefix: 'x' }, `a metric's prefix is "namespace" of its definition`],
    ['global', { global: true }, 'global: unknown option; here it is isGlobal'],
    ['pushgateway.url', { pushgateway: { url: 'x' } }, 'pushgateway.url: unknown option; did you mean "host"?'],
    [
      'pushgateway.options',
      { pushgateway: { options: {} } },
      'pushgateway.options: unknown option; give what was in it',
    ],
    [
      'pushgateway.registry',
      { pushgateway: { registry: {} } },
      `pushgateway.registry: unknown option; give it to ${BRIDGE}`,
    ],
    // prom-client
    ['register', { register: {} }, `register: unknown option; give it to ${BRIDGE}`],
    ['pushgateway.jobName', { pushgateway: { jobName: 'x' } }, 'jobName: unknown option; here it is prometheus.jobs'],
    [
      'pushgateway.groupings',
      { pushgateway: { groupings: {} } },
      'groupings: unknown option; here it is groupingLabels',
    ],
    ['pushgateway.timeout', { pushgateway: { timeout: 5 } }, 'timeout: unknown option; did you mean "timeoutMs"?'],
    ['pushgateway.agent', { pushgateway: { agent: {} } }, 'agent: unknown option; connections are kept'],
    ['interval', { pushInterval: 5 }, 'pushInterval: unknown option; here it is autoPush: { everyMs }'],
    // nestjs-otel
    ['apiMetrics', { apiMetrics: {} }, 'apiMetrics: unknown option; give "instrument: { http: true }"'],
    // the Symfony bundle
    [
      'its root',
      { comsave_prometheus_pushgateway: {} },
      'comsave_prometheus_pushgateway: unknown option; give what is in it',
    ],
    [
      'metrics by namespace',
      { metrics: { api: [] } },
      'metrics: expected an array of metric definitions, each with the key as its "namespace"',
    ],
    [
      'prefetch_group_label',
      { metrics: [{ prefetch_group_label: 'x' }] },
      'prefetch_group_label: unknown option; give "prefetchGroupLabel"',
    ],
  ])('is refused with what it is here: %s', (_, options, message) => {
    expect(faultsOf(options)).toContain(message);
  });

  it('is known by its name alone, not by what every object has', () => {
    expect(faultsOf({ toString: 1 })).toContain('toString: unknown option; expected one of prometheus');
  });
});

describe('meantOption', () => {
  it.each([
    ['flush_interval_ms', 'flushIntervalMs'],
    ['series-ttl-ms', 'seriesTtlMs'],
  ])('reads %s as %s', (given, meant) => {
    expect(closest(given, ['flushIntervalMs', 'seriesTtlMs'])).toBeUndefined();
    expect(meantOption(given, ['flushIntervalMs', 'seriesTtlMs'])).toBe(meant);
  });
});
