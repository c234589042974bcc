import { Logger } from '@nestjs/common';
import {
  HttpConnectionError,
  HttpTimeoutError,
  PrometheusResponseError,
  StoreUnavailableError,
} from '../../../lib/errors/index.js';
import {
  definitionShape,
  type Group,
  type MetricDefinition,
  resolveDefinition,
  type ResolvedDefinition,
  type Series,
} from '../../../lib/model/index.js';
import { CounterRestorer, type InstantSample, type QueryOptions } from '../../../lib/prometheus/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number, value: unknown) => new Promise((resolve) => setTimeout(resolve, delayMs, value)),
}));

const SECOND_MS = 1_000;
/** Shorter than the 3 s that a turn lasts longer than its request. */
const PATIENCE_MS = 2_500;
const group: Group = { job: 'shop', instance: 'a"b', labels: {} };
const HIGHEST = 'max without (gateway, replica, prometheus, prometheus_replica, __replica__, pod, node)';
const IN_GROUP = 'job="shop",instance="a\\"b"';

const define = (change: Partial<MetricDefinition> = {}): ResolvedDefinition =>
  resolveDefinition({
    name: 'orders_total',
    help: 'Orders',
    type: 'counter',
    labelNames: ['type'],
    prefetch: true,
    ...change,
  });
const orders = define();
const visits = define({ name: 'visits_total' });

/** What Prometheus last saw of a series. */
type Seen = readonly [labels: Record<string, string>, value: number];

class FakePrometheus {
  readonly address = 'http://prometheus:9090';
  readonly asked: string[] = [];
  /** Since it scraped the group; undefined: it has scraped nothing at all. */
  ageSeconds: number | undefined = 1;
  /** By the span that is looked back; `now`: without looking back. */
  readonly seen = new Map<string, readonly Seen[]>();
  before: (promql: string, signal?: AbortSignal) => Promise<void> = () => Promise.resolve();

  async query(promql: string, { signal }: QueryOptions = {}): Promise<InstantSample[]> {
    this.asked.push(promql);
    await this.before(promql, signal);
    if (promql.includes('timestamp('))
      return this.#samples(this.ageSeconds === undefined ? [] : [[{}, this.ageSeconds]]);
    return this.#samples(this.seen.get(/\[(.*)\]/.exec(promql)?.[1] ?? 'now') ?? []);
  }

  #samples(seen: readonly Seen[]): InstantSample[] {
    return seen.map(([metric, value]) => ({ metric, value, timestamp: Date.now() / SECOND_MS }));
  }
}

let store: MemoryStore;
let prometheus: FakePrometheus;
let restorer: CounterRestorer;
let log: jest.SpyInstance;
let warn: jest.SpyInstance;
let writers: number;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  store = new MemoryStore();
  prometheus = new FakePrometheus();
  restorer = new CounterRestorer(prometheus, store.series);
  writers = 0;
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

/** The store learns of a counter that it does not know (any more), and one is counted. Prometheus scrapes after that. */
async function count(definition: ResolvedDefinition): Promise<void> {
  const updates = [{ op: 'add', labels: 'type="blue"', value: 1 }] as const;
  const families = [{ family: definition.name, shape: definitionShape(definition), updates }];
  writers += 1;
  const batch = { writer: `${writers}`, sequence: 1, clear: [], definitions: [definition], families };
  await store.series.apply(group, batch);
  await pass(10 * SECOND_MS);
}

async function valuesOf(definition: ResolvedDefinition): Promise<Record<string, unknown>> {
  const series: Series[] = [];
  for await (const chunk of store.series.read(group, definition)) series.push(...chunk);
  return Object.fromEntries(series.map(({ labels, value }) => [labels, value]));
}

const WARNING = 'Counters with prefetch are counted, but not pushed until Prometheus has told their values';
const unreachable = (): Error => new HttpConnectionError('Prometheus unreachable', 'ECONNREFUSED');
const refusal = (): Error => new PrometheusResponseError('Prometheus refused the query', 422, 'execution', 'too many');

describe('restore()', () => {
  it('adds what Prometheus last saw to what was counted meanwhile, once', async () => {
    prometheus.seen.set('now', [
      [{ type: 'blue' }, 41],
      [{ type: 'red' }, 3],
    ]);
    await count(orders);
    const other = new CounterRestorer(prometheus, store.series);
    expect(await Promise.all([restorer.restore(group), other.restore(group)])).toEqual([[], []]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42, 'type="red"': 3 });
    const asked = prometheus.asked.length;
    expect(await restorer.restore(group)).toEqual([]);
    expect(prometheus.asked).toHaveLength(asked);
    expect([...log.mock.calls, ...warn.mock.calls]).toEqual([]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42, 'type="red"': 3 });
  });

  it('asks for families that wait, and only for these', async () => {
    await count(define({ name: 'plain_total', prefetch: false }));
    const definitions = jest.spyOn(store.series, 'definitions');
    expect(await restorer.restore(group)).toEqual([]);
    expect(prometheus.asked).toEqual([]);
    expect(definitions).not.toHaveBeenCalled();
    await count(visits);
    await restorer.restore(group);
    expect(prometheus.asked.some((promql) => promql.includes('plain_total'))).toBe(false);
  });

  it('asks for the highest copy of this group, the longest look back last', async () => {
    await count(orders);
    expect(await restorer.restore(group)).toEqual([]);
    const series = `orders_total{${IN_GROUP}}`;
    expect(prometheus.asked.slice(1)).toEqual([
      `${HIGHEST} (${series})`,
      `${HIGHEST} (last_over_time(${series}[1h]))`,
      `${HIGHEST} (last_over_time(${series}[1d]))`,
      `${HIGHEST} (last_over_time(${series}[30d]))`,
    ]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 1 });
  });

  it('adds nothing of several environments, says which label tells them apart, and does not wait', async () => {
    prometheus.seen.set('now', [
      [{ type: 'blue', env: 'production' }, 1_000],
      [{ type: 'blue', env: 'staging' }, 2],
    ]);
    await count(orders);
    for (const _ of [1, 2]) expect(await restorer.restore(group)).toEqual(['orders_total']);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 1 });
    expect(restorer.adviceOn('orders_total')).toBe(
      'its series in Prometheus differ in "env": name ours in prometheus.labels',
    );
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('(env: "production", "staging"). Name ours in prometheus.labels')],
    ]);
    prometheus.seen.set('now', [[{ type: 'blue', env: 'staging' }, 2]]);
    expect(await new CounterRestorer(prometheus, store.series, { env: 'staging' }).restore(group)).toEqual([]);
    expect(prometheus.asked.at(-1)).toContain(`orders_total{${IN_GROUP},env="staging"}`);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 3 });
  });

  it('takes series that differ by gateway or replica for copies', async () => {
    prometheus.seen.set('now', [
      [{ type: 'blue', env: 'production' }, 41],
      [{ type: 'red', env: 'production', gateway: 'b', replica: '2' }, 3],
    ]);
    await count(orders);
    expect(await restorer.restore(group)).toEqual([]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42, 'type="red"': 3 });
  });

  it('takes series that differ in a label that was noted, as of what is scraped too, for copies', async () => {
    prometheus.seen.set('now', [
      [{ type: 'blue', way: 'scrape' }, 41],
      [{ type: 'red' }, 3],
    ]);
    await count(orders);
    restorer.noteCopyLabels(['way']);
    expect(await restorer.restore(group)).toEqual([]);
    expect(prometheus.asked[1]).toBe(`${HIGHEST.slice(0, -1)}, way) (orders_total{${IN_GROUP}})`);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42, 'type="red"': 3 });
  });

  it('looks no further back than it must', async () => {
    prometheus.seen.set('1h', [[{ type: 'blue' }, 41]]).set('1d', [[{ type: 'removed' }, 7]]);
    await count(orders);
    await restorer.restore(group);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42 });
    expect(prometheus.asked).toHaveLength(3);
  });

  it('asks only for series with prefetchGroupLabel', async () => {
    await count(define({ prefetchGroupLabel: 'type' }));
    await restorer.restore(group);
    expect(prometheus.asked[1]).toBe(`${HIGHEST} (orders_total{${IN_GROUP},type=~".+"})`);
  });

  it('takes labels that are not there for empty ones, the overflow for what it is, and no value that is no count', async () => {
    prometheus.seen.set('now', [
      [{}, 2],
      [{ overflow: 'true' }, 5],
      [{ type: 'zero' }, 0],
      [{ type: 'infinite' }, Infinity],
      [{ type: 'none' }, Number.NaN],
    ]);
    await count(orders);
    await restorer.restore(group);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 1, 'type=""': 2, 'overflow="true"': 5 });
  });

  it('tells of a store that is away', async () => {
    const error = new StoreUnavailableError('Redis away');
    jest.spyOn(store.series, 'restoring').mockRejectedValue(error);
    await expect(restorer.restore(group)).rejects.toBe(error);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('until the next scrape', () => {
  beforeEach(async () => {
    prometheus.seen.set('now', [[{ type: 'blue' }, 41]]);
    await count(orders);
  });

  it('waits: the gateway may have newer values than Prometheus', async () => {
    prometheus.ageSeconds = 10.2;
    const restoring = restorer.restore(group);
    await pass(SECOND_MS / 10);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 1 });
    await pass(SECOND_MS / 5);
    expect(await restoring).toEqual([]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42 });
  });

  it.each([
    ['has not scraped the group since', 3_600],
    ['has scraped nothing yet', undefined],
  ])('names the families, without a word, if Prometheus %s', async (_, ageSeconds) => {
    prometheus.ageSeconds = ageSeconds;
    const restoring = restorer.restore(group);
    await pass(PATIENCE_MS);
    expect(await restoring).toEqual(['orders_total']);
    expect(warn).not.toHaveBeenCalled();
    prometheus.ageSeconds = 0;
    expect(await restorer.restore(group)).toEqual([]);
    expect(await valuesOf(orders)).toEqual({ 'type="blue"': 42 });
  });

  it('waits no longer when the application ends', async () => {
    prometheus.ageSeconds = 3_600;
    const ending = new AbortController();
    const restoring = restorer.restore(group, ending.signal);
    ending.abort();
    await pass(SECOND_MS / 10);
    expect(await restoring).toEqual(['orders_total']);
  });
});

describe('a Prometheus that does not answer', () => {
  beforeEach(async () => {
    prometheus.seen.set('now', [[{ type: 'blue' }, 41]]);
    await count(orders);
    await count(visits);
  });

  it('is warned of once, told of when it answers, and never waited for', async () => {
    prometheus.before = () => Promise.reject(unreachable());
    expect(await restorer.restore(group)).toEqual(['orders_total', 'visits_total']);
    expect(await restorer.restore(group)).toEqual(['orders_total', 'visits_total']);
    expect(warn.mock.calls).toEqual([[`${WARNING}: Prometheus unreachable`]]);
    prometheus.before = () => Promise.resolve();
    expect(await restorer.restore(group)).toEqual([]);
    expect(log.mock.calls).toEqual([['Prometheus http://prometheus:9090 answers again']]);
    expect(await valuesOf(visits)).toEqual({ 'type="blue"': 42 });
  });

  it('is asked once a push, not once a family: each question may take as long as its time-out', async () => {
    prometheus.before = () => Promise.reject(unreachable());
    await restorer.restore(group);
    expect(prometheus.asked).toHaveLength(1);
  });

  it('does not hold up the end of the application', async () => {
    prometheus.before = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new HttpTimeoutError('given up'));
        });
      });
    const ending = new AbortController();
    const restoring = restorer.restore(group, ending.signal);
    await pass(SECOND_MS);
    ending.abort();
    expect(await restoring).toEqual(['orders_total', 'visits_total']);
    expect(warn).not.toHaveBeenCalled();
  });

  it('but refuses a question keeps back that family alone, and is warned of once', async () => {
    prometheus.before = (promql) => (promql.includes('orders_total') ? Promise.reject(refusal()) : Promise.resolve());
    expect(await restorer.restore(group)).toEqual(['orders_total']);
    expect(await valuesOf(visits)).toEqual({ 'type="blue"': 42 });
    await count(define({ name: 'later_total' }));
    expect(await restorer.restore(group)).toEqual(['orders_total']);
    expect(warn.mock.calls).toEqual([[`${WARNING}: Prometheus refused the query`]]);
    expect(log).not.toHaveBeenCalled();
  });
});
