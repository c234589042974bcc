import { MetricClashError, MetricDefinitionError, UnknownJobError } from '../../../lib/errors/index.js';
import { Counter, Gauge, Histogram, type MetricsService, Summary } from '../../../lib/metrics/index.js';
import type { MetricDefinition } from '../../../lib/model/index.js';
import { errorOf, type Process, startProcess, stopProcesses } from './support.js';

const definition = { name: 'metric', help: 'x' };

let running: Process;
let metrics: MetricsService;

beforeEach(() => {
  running = startProcess();
  ({ metrics } = running);
});
afterEach(stopProcesses);

/** The refusal of the second definition; the first is left as it was. */
function clash(first: MetricDefinition, second: MetricDefinition): unknown {
  const handle = metrics.define(first);
  const refusal = errorOf(() => metrics.define(second));
  expect(metrics.define(first)).toBe(handle);
  expect(refusal).toBeInstanceOf(MetricClashError);
  const { name, code, message } = refusal as MetricClashError;
  return { name, code, message };
}

const clashError = (message: string): object => ({ name: 'MetricClashError', code: 'ERR_METRIC_CLASH', message });

describe('a definition', () => {
  it('gives a handle of its type', () => {
    expect(metrics.counter({ ...definition, name: 'a' })).toBeInstanceOf(Counter);
    expect(metrics.gauge({ ...definition, name: 'b' })).toBeInstanceOf(Gauge);
    expect(metrics.histogram({ ...definition, name: 'c' })).toBeInstanceOf(Histogram);
    expect(metrics.summary({ ...definition, name: 'd' })).toBeInstanceOf(Summary);
    expect(metrics.define({ ...definition, name: 'e', type: 'summary' })).toBeInstanceOf(Summary);
  });

  it('gives the same handle again, however it is written', () => {
    const counter = metrics.counter({ name: 'metric', help: 'x', namespace: 'api', labelNames: ['a'] });
    expect(
      metrics.counter({ name: 'api_metric', help: 'another help', labelNames: ['a'], jobs: ['shop', 'shop'] }),
    ).toBe(counter);
    expect(metrics.define({ name: 'api_metric', help: 'x', labelNames: ['a'], type: 'counter' })).toBe(counter);
    const histogram = metrics.histogram({ ...definition, buckets: [1, 2] });
    expect(metrics.histogram({ ...definition, buckets: [1, 2] })).toBe(histogram);
    const summary = metrics.summary({ ...definition, name: 'summary' });
    expect(metrics.summary({ ...definition, name: 'summary', maxAgeSeconds: 600, quantiles: [0.5] })).toBe(summary);
  });

  it('gives the same handle whatever the order of its jobs', () => {
    const counter = metrics.counter({ ...definition, jobs: ['shop', 'stock'] });
    expect(metrics.counter({ ...definition, jobs: ['stock', 'shop'] })).toBe(counter);
  });

  it.each<[string, MetricDefinition, MetricDefinition, string]>([
    [
      'of another type',
      { ...definition, type: 'counter' },
      { ...definition, type: 'gauge' },
      'Metric "metric" is already defined as counter, now as gauge: rename one of them',
    ],
    [
      'of other buckets',
      { ...definition, type: 'histogram', buckets: [1, 2] },
      { ...definition, type: 'histogram', buckets: [1, 3] },
      'Metric "metric" is already defined as histogram with buckets 1, 2, now as histogram with buckets 1, 3: rename one of them',
    ],
    [
      'of another window',
      { ...definition, type: 'summary' },
      { ...definition, type: 'summary', maxAgeSeconds: 60 },
      'Metric "metric" is already defined as summary over 600 s, now as summary over 60 s: rename one of them',
    ],
    [
      'of other labels',
      { ...definition, type: 'counter', labelNames: ['a', 'b'] },
      { ...definition, type: 'counter', labelNames: ['a'] },
      'Metric "metric" is already defined as labelled a, b, now as labelled a: rename one of them',
    ],
    [
      'of labels in another order',
      { ...definition, type: 'counter', labelNames: ['a', 'b'] },
      { ...definition, type: 'counter', labelNames: ['b', 'a'] },
      'Metric "metric" is already defined as labelled a, b, now as labelled b, a: rename one of them',
    ],
    [
      'without labels',
      { ...definition, type: 'counter', labelNames: ['a'] },
      { ...definition, type: 'counter' },
      'Metric "metric" is already defined as labelled a, now as without labels: rename one of them',
    ],
    [
      'of another job',
      { ...definition, type: 'counter' },
      { ...definition, type: 'counter', jobs: ['stock'] },
      'Metric "metric" is already defined as of job shop, now as of job stock: rename one of them',
    ],
    [
      'of one name by way of a namespace',
      { name: 'b_c', namespace: 'a', help: 'x', type: 'counter' },
      { name: 'c', namespace: 'a_b', help: 'x', type: 'gauge' },
      'Metric "a_b_c" is already defined as counter, now as gauge: rename one of them',
    ],
  ])('is refused when the name is taken by one %s', (_, first, second, message) => {
    expect(clash(first, second)).toEqual(clashError(message));
  });

  describe.each<[MetricDefinition['type'], string[], string[]]>([
    ['histogram', ['_bucket', '_sum', '_count'], ['_total', '_created']],
    ['summary', ['_sum', '_count'], ['_bucket', '_total']],
  ])('beside a %s', (type, taken, free) => {
    it.each(taken)('is refused when its name is that of the line %s, whichever comes first', (suffix) => {
      const owner: MetricDefinition = { ...definition, type };
      const other: MetricDefinition = { name: `metric${suffix}`, help: 'x', type: 'counter' };
      const refusal = clashError(
        `Metric "metric${suffix}" bears the name of a line of metric "metric": rename one of them`,
      );
      expect(clash(owner, other)).toEqual(refusal);
      ({ metrics } = startProcess());
      expect(clash(other, owner)).toEqual(refusal);
    });

    it.each(free)('may be called %s', (suffix) => {
      metrics.define({ ...definition, type });
      expect(metrics.counter({ name: `metric${suffix}`, help: 'x' }).name).toBe(`metric${suffix}`);
    });
  });

  it('may be called x_count beside a counter x', () => {
    metrics.counter(definition);
    expect(metrics.counter({ ...definition, name: 'metric_count' }).name).toBe('metric_count');
  });

  it('is refused for a job that is not configured', () => {
    const refusal = errorOf(() => metrics.counter({ ...definition, jobs: ['shop', 'stok'] }));
    expect(refusal).toBeInstanceOf(UnknownJobError);
    expect(refusal).toMatchObject({
      code: 'ERR_UNKNOWN_JOB',
      message: 'Unknown job "stok": expected one of prometheus.jobs ("shop", "stock")',
    });
  });

  it('is refused for an empty list of jobs', () => {
    const refusal = errorOf(() => metrics.counter({ ...definition, jobs: [] }));
    expect(refusal).toBeInstanceOf(MetricDefinitionError);
    expect(refusal).toMatchObject({ message: 'Invalid jobs of metric "metric": expected at least one' });
  });

  it('is refused before anything of it is stored', async () => {
    for (const wrong of [
      { ...definition, type: 'countr' },
      { ...definition, type: 'counter', labelNames: ['job'] },
      { ...definition, type: 'counter', jobs: ['stok'] },
    ]) {
      expect(errorOf(() => metrics.define(wrong as MetricDefinition))).toBeInstanceOf(Error);
    }
    await metrics.flush();
    const group = { job: 'shop', instance: 'host', labels: {} };
    expect(await running.store.series.definitions(group)).toEqual([]);
    expect(metrics.gauge(definition)).toBeInstanceOf(Gauge);
  });

  it('is refused with a typed error when its type does not exist', () => {
    expect(errorOf(() => metrics.define({ ...definition, type: 'countr' } as never))).toBeInstanceOf(
      MetricDefinitionError,
    );
  });

  it('refuses a label that the gateway would overwrite', () => {
    const { metrics } = startProcess();
    const error = errorOf(() => metrics.counter({ name: 'a_total', help: 'x', labelNames: ['type', 'zone'] }));
    expect(error).toMatchObject({
      code: 'ERR_METRIC_DEFINITION',
      message: 'Invalid labelNames of metric "a_total": expected none of pushgateway.groupingLabels, got "zone"',
    });
  });
});
