import { type MetricOptions, PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { examine } from '../../lib/doctor/index.js';
import { resolveDefinition } from '../../lib/model/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../../lib/options/index.js';
import { knownSeries } from '../../lib/prometheus/series-in-prometheus.js';
import { STORE, type Store } from '../../lib/store/index.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

let redis: RunningServer;
let gateway: RunningServer;
/** Stores native histograms. */
let prometheus: RunningServer;
/** Does not: it asks the gateway for text. */
let plain: RunningServer;
const apps: App[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const config = scrapeConfig([gateway.address]);
  [prometheus, plain] = await Promise.all([
    startPrometheus({ config, args: ['--enable-feature=native-histograms'] }),
    startPrometheus({ config }),
  ]);
});
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
afterAll(() => Promise.all([redis, gateway, prometheus, plain].map((server) => server.stop())));

/** Applications that share a job, as replicas do. */
async function open(count: number, format: 'protobuf' | 'text' = 'protobuf'): Promise<[App, ...App[]]> {
  const options = optionsFor({ redis, gateway, prometheus });
  const pushgateway = { ...options.pushgateway, format };
  const opened = await Promise.all(Array.from({ length: count }, () => startApp({ ...options, pushgateway })));
  apps.push(...opened);
  return opened as [App, ...App[]];
}

const seconds = (more: Partial<MetricOptions> = {}) => ({ name: 'seconds', help: 'Seconds', native: {}, ...more });

/** The value of a query about the series of an application, once Prometheus has as many observations as it should. */
function asking({ job }: App, count: number, name = 'seconds'): (query: string) => Promise<number> {
  const client = new PrometheusClient({ host: prometheus.address });
  const ask = async (query: string): Promise<number> =>
    (await client.query(query.replaceAll('SERIES', `${name}{job="${job}"}`)))[0]?.value ?? Number.NaN;
  return async (query) => {
    await waitFor(async () => (await ask('histogram_count(SERIES)')) === count, { message: `${count} observations` });
    return ask(query);
  };
}

/** From 1 ms to some minutes, most of them about a second; the same each time. */
function durations(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const share = ((at * 7_919 + seed * 104_729) % 10_007) / 10_007;
    return Math.exp(6 * (share - 0.5) ** 3 * 8 + Math.sin(at));
  });
}

describe('native histograms', () => {
  it.each([
    ['of one resolution', [{}, {}, {}, {}], 8],
    ['of which one is coarser', [{}, { growthFactor: 1.5 }, {}, { growthFactor: 1.05 }], 2],
    ['of few buckets', [{ maxBuckets: 12 }, { maxBuckets: 12 }, { maxBuckets: 12 }, { maxBuckets: 12 }], 1],
  ])('of four replicas give quantiles as exact as their schema: %s', async (_, natives, bucketsOfADoubling) => {
    const replicas = await open(4);
    const all: number[] = [];
    replicas.forEach(({ metrics }, at) => {
      const histogram = metrics.histogram(seconds({ native: natives[at] ?? {} }));
      for (const each of durations(500, at)) {
        all.push(each);
        histogram.observe(each);
      }
    });
    await Promise.all(replicas.map(({ metrics }) => metrics.flush()));
    expect(await replicas[0].metrics.push()).toMatchObject({ outcome: 'pushed', series: 1 });
    const ask = asking(replicas[0], 2_000);
    all.sort((one, other) => one - other);
    for (const rank of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999]) {
      const exact = all[Math.ceil(rank * all.length) - 1] as number;
      const found = await ask(`histogram_quantile(${rank}, SERIES)`);
      expect(Math.abs(Math.log2(found / exact))).toBeLessThanOrEqual(1 / bucketsOfADoubling);
    }
    expect(await ask('histogram_sum(SERIES)')).toBeCloseTo(
      all.reduce((sum, each) => sum + each, 0),
      6,
    );
  });

  it('go up without a step back while more is observed, and their resolution gets lower', async () => {
    const [app] = await open(1);
    const histogram = app.metrics.histogram(seconds({ native: { maxBuckets: 6 } }));
    const ask = asking(app, 0);
    await app.metrics.push();
    expect(await ask('histogram_count(SERIES)')).toBe(0);
    for (const [round, values] of [
      [1, 1.1, -1],
      [1.5, 2, 3, 0],
      [100, 1_000, 1e6, -1e9],
    ].entries()) {
      for (const value of values) histogram.observe(value);
      await app.metrics.push();
      await asking(app, [3, 7, 11][round] as number)('histogram_count(SERIES)');
    }
    const last = asking(app, 11);
    // A step back, or buckets that get narrower again, would count 3 or more once more. Prometheus adds for the time before and after the
    // scrapes, ever less.
    const increase = await waitFor(async () => {
      const found = await last('histogram_count(increase(SERIES[5m]))');
      return found < 13.5 ? found : undefined;
    });
    expect(increase).toBeGreaterThanOrEqual(11);
    expect(await last('histogram_sum(SERIES)')).toBeCloseTo(-1e9 + 1e6 + 1_107.6, 3);
  });

  it('beside classic buckets are stored as either, by Prometheus that knows native ones or not', async () => {
    const [one, other] = (await open(2)) as [App, App];
    const definition = seconds({ name: 'both_seconds', buckets: [0.5, 1] });
    for (const value of [0.2, 0.7, 5]) one.metrics.histogram(definition).observe(value);
    other.metrics.histogram(definition).observe(0.3);
    await other.metrics.flush();
    expect(await one.metrics.push()).toMatchObject({ outcome: 'pushed' });
    expect(await asking(one, 4, 'both_seconds')('histogram_sum(SERIES)')).toBeCloseTo(6.2, 9);
    const client = new PrometheusClient({ host: plain.address });
    const buckets = await waitFor(async () => {
      const found = await client.query(`both_seconds_bucket{job="${one.job}"}`);
      return found.length === 3 ? found : undefined;
    });
    expect(new Map(buckets.map(({ metric, value }) => [Number(metric['le']), value]))).toEqual(
      new Map([
        [0.5, 2],
        [1, 3],
        [Number.NaN, 4],
      ]),
    );
  });

  it('without classic buckets have sum and count as text, and the result says so', async () => {
    const [app] = await open(1, 'text');
    app.metrics.histogram(seconds({ name: 'text_seconds' })).observe(2);
    app.metrics.histogram(seconds({ name: 'whole_seconds', buckets: [1] })).observe(2);
    expect(await app.metrics.push()).toMatchObject({
      outcome: 'pushed',
      reason:
        'sent as text, which holds no native buckets: of "text_seconds" only sum and count; give "buckets" too, or let pushes ' +
        'go as protobuf (pushgateway.format)',
    });
    const shown = await (await fetch(`${gateway.url}/metrics`)).text();
    const lines = shown.split('\n').filter((line) => line.startsWith('text_seconds'));
    expect(lines.map((line) => line.replace(/job="[^"]*"/, ''))).toEqual([
      'text_seconds_bucket{instance="test",,le="+Inf"} 1',
      'text_seconds_sum{instance="test",} 2',
      'text_seconds_count{instance="test",} 1',
    ]);
    expect(await app.metrics.text()).toMatch(
      /^text_seconds_bucket\{le="\+Inf"\} 1\ntext_seconds_sum 2\ntext_seconds_count 1$/m,
    );
  });

  it.each(['native', 'plain'])('are series that a %s Prometheus is found to know', async (which) => {
    const [app] = await open(1);
    const definition = { ...seconds({ name: 'known_seconds' }), labelNames: ['type'] as const };
    app.metrics.histogram(definition).observe({ type: 'blue' }, 1);
    await app.metrics.push();
    const client = new PrometheusClient({ host: (which === 'native' ? prometheus : plain).address });
    const group = { job: app.job, instance: 'test', labels: {} };
    const resolved = resolveDefinition({ ...definition, type: 'histogram' });
    const known = await waitFor(async () => {
      const found = await knownSeries(client).among(group, resolved);
      return found.size > 0 ? found : undefined;
    });
    expect([...known]).toEqual(['type="blue"']);
  });

  it('are what doctor looks for in each Prometheus, where there are any', async () => {
    const [app] = await open(1);
    const found = async () => {
      const options = app.context.get<ResolvedOptions>(RESOLVED_OPTIONS);
      const store = app.context.get<Store>(STORE);
      const findings = await examine({ options, store, replicas: [plain.address] });
      return findings.filter(({ check }) => check === 'prometheus.native-histograms');
    };
    expect(await found()).toEqual([]);
    app.metrics.histogram(seconds()).observe(1);
    await app.metrics.flush();
    expect(await found()).toMatchObject([
      { severity: 'ok', subject: prometheus.url },
      { severity: 'warning', subject: plain.url, fix: 'Start it with --enable-feature=native-histograms' },
    ]);
  });
});
