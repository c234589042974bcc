import { Redis } from 'ioredis';
import { formatFamilies, formatMessages } from '../../lib/exposition/index.js';
import { PushgatewayClient } from '../../lib/gateway/index.js';
import type { MetricsService, PrometheusPushgatewayModuleOptions } from '../../lib/index.js';
import { type FamilyChunk, resolveDefinition } from '../../lib/model/index.js';
import { type App, optionsFor, startApp } from '../integration/app.js';
import { backwardSteps, rawSamples } from '../support/raw-samples.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { SCRAPE_INTERVAL_MS, scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

/** Of Prometheus 2.50 and later: it stores 0 at the time when a series began. */
const ARGS = ['--enable-feature=created-timestamp-zero-ingestion'];
/** Scrapes of the final value to wait for: extrapolation adds less than half a scrape to them and the 0. */
const SCRAPES = 12;

let redis: RunningServer;
let gateways: RunningServer[];
let prometheus: RunningServer;
const apps: App[] = [];

beforeAll(async () => {
  [redis, ...gateways] = await Promise.all([startRedis(), startPushgateway(), startPushgateway()]);
  prometheus = await startPrometheus({ config: scrapeConfig(gateways.map(({ address }) => address)), args: ARGS });
});
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
afterAll(() => Promise.all([redis, ...gateways, prometheus].map((server) => server.stop())));

async function open(change: PrometheusPushgatewayModuleOptions['pushgateway'] = {}, jobs?: string[]): Promise<App> {
  const options = optionsFor({ redis, gateway: gateways[0] as RunningServer, prometheus }, jobs);
  const app = await startApp({ ...options, pushgateway: { ...options.pushgateway, ...change } });
  apps.push(app);
  return app;
}

const ORDERS = { name: 'orders_total', help: 'Orders', labelNames: ['type'] } as const;
const ordersOf = (metrics: MetricsService) => metrics.counter(ORDERS).labels({ type: 'blue' });
const seriesOf = ({ job }: App, name = 'orders_total') => `${name}{job="${job}"}`;

/** Pushes until Prometheus has seen the value often; gives the samples of the series. */
async function pushUntil(value: number, app: App, name?: string): Promise<number[]> {
  return waitFor(
    async () => {
      expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
      const samples = await rawSamples(prometheus, seriesOf(app, name));
      return samples.filter((sample) => sample === value).length >= SCRAPES ? samples : undefined;
    },
    { message: `scrapes of ${value}` },
  );
}

/** Prometheus adds some hundredths for the time before and after the scrapes: rounded, it is the number of events. */
async function increaseOf(app: App, name?: string): Promise<number> {
  const [sample] = await app.prometheus.query(`increase(${seriesOf(app, name)}[2m])`);
  return Math.round(sample?.value ?? Number.NaN);
}

/** One after the other, the same again and again left out. */
const steps = (samples: readonly number[]): number[] => samples.filter((one, at) => one !== samples[at - 1]);

describe('increase() with start times', () => {
  it('has the first events of a counter, a histogram and a summary, with nothing to wait for', async () => {
    const app = await open();
    ordersOf(app.metrics).inc(7);
    const seconds = app.metrics.histogram({ name: 'order_seconds', help: 'Seconds', buckets: [1] });
    const sizes = app.metrics.summary({ name: 'order_bytes', help: 'Bytes' });
    for (let times = 0; times < 7; times += 1) {
      seconds.observe(0.5);
      sizes.observe(100);
    }
    expect(steps(await pushUntil(7, app))).toEqual([0, 7]);
    expect(await increaseOf(app)).toBe(7);
    expect(await increaseOf(app, 'order_seconds_count')).toBe(7);
    expect(await increaseOf(app, 'order_bytes_count')).toBe(7);
  });

  it('does not have them by text, nor without start times', async () => {
    const app = await open({ format: 'text' });
    ordersOf(app.metrics).inc(7);
    expect(steps(await pushUntil(7, app))).toEqual([7]);
    expect(await increaseOf(app)).toBe(0);
  });

  it('has those of a label that comes later, and no reset of the others', async () => {
    const app = await open();
    ordersOf(app.metrics).inc(3);
    await pushUntil(3, app);
    app.metrics.counter(ORDERS).inc({ type: 'red' }, 5);
    ordersOf(app.metrics).inc();
    await pushUntil(4, app);
    const red = `orders_total{job="${app.job}",type="red"}`;
    expect(steps(await rawSamples(prometheus, red))).toEqual([0, 5]);
    expect(steps(await rawSamples(prometheus, `orders_total{job="${app.job}",type="blue"}`))).toEqual([0, 3, 4]);
  });

  it('is right when Redis starts again with nothing, and more is counted than before', async () => {
    const app = await open();
    ordersOf(app.metrics).inc(3);
    await pushUntil(3, app);
    const client = new Redis(`redis://${redis.address}`);
    await client.flushall();
    client.disconnect();
    ordersOf(app.metrics).inc(5);
    expect(steps(await pushUntil(5, app))).toEqual([0, 3, 0, 5]);
    expect(await increaseOf(app)).toBe(8);
  });

  it('is right after reset(), and more is counted than before', async () => {
    const app = await open();
    ordersOf(app.metrics).inc(3);
    await pushUntil(3, app);
    app.metrics.counter(ORDERS).reset();
    ordersOf(app.metrics).inc(5);
    expect(steps(await pushUntil(5, app))).toEqual([0, 3, 0, 5]);
    expect(await increaseOf(app)).toBe(8);
  });

  it('is right when the group goes to another gateway, since the times go with it', async () => {
    const app = await open({ host: gateways.map(({ address }) => address) });
    ordersOf(app.metrics).inc(7);
    await pushUntil(7, app);
    const { gateway } = await app.metrics.push();
    const index = gateways.findIndex(({ url }) => url === gateway);
    const holder = gateways[index] as RunningServer;
    await holder.stop();
    try {
      await waitFor(async () => {
        const result = await app.metrics.push();
        return result.outcome === 'pushed' && result.gateway !== gateway;
      });
      ordersOf(app.metrics).inc();
      const samples = await pushUntil(8, app);
      expect(steps(samples)).toEqual([0, 7, 8]);
      expect(backwardSteps(samples)).toBe(0);
      expect(await increaseOf(app)).toBe(8);
    } finally {
      gateways[index] = await startPushgateway({ port: holder.port });
    }
  });
});

describe('a start that is not what the clock of Prometheus says', () => {
  const definition = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter' });

  it.each([
    ['5 s before it: the first events are counted', -5_000, [0, 7, 9, 10], 10],
    ['5 s after it: what happens within these 5 s counts twice', 5_000, [7, 9, 0, 10], 12],
  ])('%s', async (name, byMs, expected, increase) => {
    const startMs = Date.now() + byMs;
    const push = (value: number) => {
      const families: FamilyChunk[] = [{ definition, chunk: [{ labels: '', value, startMs }] }];
      async function* readings() {
        yield await Promise.resolve(families);
      }
      const pieces = async function* <Piece>(chunks: AsyncIterable<{ piece: Piece }>) {
        for await (const { piece } of chunks) yield piece;
      };
      const client = new PushgatewayClient({ host: gateways[0]?.address ?? '' });
      return client.push(
        { job: name },
        {
          text: () => pieces(formatFamilies(readings(), Date.now())),
          protobuf: () => pieces(formatMessages(readings(), Date.now())),
        },
      );
    };
    const series = `orders_total{job="${name}"}`;
    const samples = () => rawSamples(prometheus, series);
    await push(7);
    await waitFor(async () => (await samples()).includes(7));
    await push(9);
    // Until the start lies in the past for Prometheus too.
    await waitFor(async () => Date.now() > startMs + 5 * SCRAPE_INTERVAL_MS && (await samples()).at(-1) === 9);
    await push(10);
    await waitFor(async () => (await samples()).filter((sample) => sample === 10).length >= SCRAPES);
    const app = await open();
    const [sample] = await app.prometheus.query(`increase(${series}[2m])`);
    // One more 9 may come after the 0.
    const seen = steps(await samples()).filter((sample, at, all) => sample !== 9 || all[at - 1] !== 0);
    expect({ steps: seen, increase: Math.round(sample?.value ?? Number.NaN) }).toEqual({ steps: expected, increase });
  });
});
