import type { MetricsService, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

/** By protobuf, which Prometheus asks for with native histograms, come exemplars. */
const ARGS = ['--enable-feature=native-histograms,exemplar-storage'];
const HOUR_S = 3_600;

let servers: { redis: RunningServer; gateway: RunningServer; prometheus: RunningServer };
const apps: App[] = [];

beforeAll(async () => {
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  servers = {
    redis,
    gateway,
    prometheus: await startPrometheus({ config: scrapeConfig([gateway.address]), args: ARGS }),
  };
});
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

async function open(
  jobs?: string[],
  pushgateway: PrometheusPushgatewayModuleOptions['pushgateway'] = {},
): Promise<App> {
  const options = optionsFor(servers, jobs);
  const app = await startApp({ ...options, pushgateway: { ...options.pushgateway, ...pushgateway } });
  apps.push(app);
  return app;
}

interface Answer {
  readonly data: readonly {
    readonly seriesLabels: Readonly<Record<string, string>>;
    readonly exemplars: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly value: string;
      readonly timestamp: number;
    }[];
  }[];
}

/** What Prometheus has stored: `<type or le>: <trace_id> <value>`. */
async function stored(selector: string): Promise<string[]> {
  const now = Date.now() / 1_000;
  const range = new URLSearchParams({ query: selector, start: String(now - HOUR_S), end: String(now + HOUR_S) });
  const response = await fetch(`${servers.prometheus.url}/api/v1/query_exemplars?${range.toString()}`);
  const { data } = (await response.json()) as Answer;
  return data.flatMap(({ seriesLabels: { le, type }, exemplars }) =>
    exemplars.map(({ labels, value }) => `${le ?? type ?? ''}: ${labels['trace_id'] ?? ''} ${value}`),
  );
}

async function pushUntilStored(app: App, selector: string, expected: readonly string[]): Promise<string[]> {
  return waitFor(
    async () => {
      expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
      const found = await stored(selector);
      return expected.every((one) => found.includes(one)) ? found : undefined;
    },
    { message: `exemplars ${expected.join(', ')}` },
  );
}

const ordersOf = (metrics: MetricsService) =>
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
const secondsOf = (metrics: MetricsService) =>
  metrics.histogram({ name: 'order_seconds', help: 'Seconds', labelNames: ['type'], buckets: [0.5, 2.5] });
const given = (trace: string) => ({ exemplar: { trace_id: trace } });

it('Prometheus has exemplars of counters and of each bucket of histograms', async () => {
  const app = await open();
  ordersOf(app.metrics).inc({ type: 'blue "é"' }, 3, given('4bf9 "é"'));
  ordersOf(app.metrics).inc({ type: 'red' });
  const seconds = secondsOf(app.metrics);
  for (const [value, trace] of [
    [0.25, 'low'],
    [2, 'middle'],
    [30, 'high'],
  ] as const) {
    seconds.observe({ type: 'blue' }, value, given(trace));
  }
  const buckets = `order_seconds_bucket{job="${app.job}"}`;
  const found = await pushUntilStored(app, buckets, ['0.5: low 0.25', '2.5: middle 2', '+Inf: high 30']);
  expect(found).toHaveLength(3);
  expect(await stored(`orders_total{job="${app.job}"}`)).toEqual(['blue "é": 4bf9 "é" 3']);
});

it('the latest of two replicas is what the gateway has', async () => {
  const one = await open(undefined, { flushIntervalMs: HOUR_S * 1_000 });
  const other = await open([one.job]);
  const selector = `orders_total{job="${one.job}"}`;
  ordersOf(one.metrics).inc({ type: 'blue' }, 1, given('first'));
  await one.metrics.flush();
  await pushUntilStored(other, selector, ['blue: first 1']);
  // What was second is sent last. Each process knows the clock of Redis to some milliseconds.
  ordersOf(one.metrics).inc({ type: 'blue' }, 2, given('second'));
  const before = Date.now();
  await waitFor(async () => Promise.resolve(Date.now() > before + 200));
  ordersOf(other.metrics).inc({ type: 'blue' }, 4, given('third'));
  await other.metrics.flush();
  await one.metrics.flush();
  const found = await pushUntilStored(one, selector, ['blue: third 4']);
  expect(found).not.toContain('blue: second 2');
  const [sample] = await one.prometheus.query(selector);
  expect(sample?.value).toBe(7);
});

it('they are left out by text, and values are the same', async () => {
  const app = await open(undefined, { format: 'text' });
  ordersOf(app.metrics).inc({ type: 'blue' }, 3, given('none'));
  const selector = `orders_total{job="${app.job}"}`;
  await waitFor(async () => {
    expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
    return (await app.prometheus.query(selector))[0]?.value === 3;
  });
  expect(await stored(selector)).toEqual([]);
});
