import { randomUUID } from 'node:crypto';
import { PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles } from '../../../lib/rules/index.js';
import { backwardSteps, rawSamples } from '../../support/raw-samples.js';
import { type RunningServer, startPrometheus, startRedis } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { type ScrapedApp, startScraped } from './scraped-app.js';

const INTERVAL_SECONDS = 1;
const SAMPLES = 8;

// The one asks for OpenMetrics text, the other for protobuf.
describe('two replicas, scraped by two Prometheus as `rules --scrape` says', () => {
  const job = `shop-${randomUUID()}`;
  let redis: RunningServer;
  let replicas: ScrapedApp[];
  let prometheuses: RunningServer[];

  beforeAll(async () => {
    redis = await startRedis();
    replicas = [
      await startScraped({ redis: redis.address, jobs: [job], adapter: 'express' }),
      await startScraped({ redis: redis.address, jobs: [job], adapter: 'fastify' }),
    ];
    const [file] = prometheusFiles({
      options: resolveOptions({ prometheus: { jobs: [job] }, pushgateway: { redis: 'memory' } }),
      strategy: 'sticky',
      known: [],
      replicas: [],
      scrapeIntervalSeconds: INTERVAL_SECONDS,
      scraped: replicas.map(({ url }) => url),
    });
    const config = file?.text ?? '';
    prometheuses = await Promise.all([
      startPrometheus({ config, args: ['--enable-feature=exemplar-storage'] }),
      startPrometheus({ config, args: ['--enable-feature=native-histograms,exemplar-storage'] }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(replicas.map(({ app }) => app.close()));
    await Promise.all([redis.stop(), ...prometheuses.map((server) => server.stop())]);
  });

  it('shows each event once, and takes no counter back', async () => {
    const orders = replicas.map(({ metrics }) =>
      metrics.counter({ name: 'orders_total', help: 'Orders, "all"', labelNames: ['type'] }),
    );
    const seconds = replicas.map(({ metrics }) =>
      metrics.histogram({ name: 'order_seconds', help: 'Time', buckets: [0.1, 1], native: {} }),
    );
    replicas[0]?.metrics.counter({ name: 'refunds', help: 'Has no _total' }).inc(2);
    let counted = 0;
    const isEnough = async (): Promise<boolean> => {
      for (const [at, handle] of orders.entries()) {
        handle.inc({ type: 'book' }, 1, { exemplar: { trace_id: `trace${counted}` } });
        seconds[at]?.observe(0.5, { exemplar: { trace_id: `trace${counted}` } });
        counted += 1;
      }
      const all = await Promise.all(prometheuses.map((server) => rawSamples(server, 'orders_total')));
      return all.every((samples) => samples.length >= SAMPLES);
    };
    await waitFor(isEnough, { message: 'scrapes while counting goes on', timeoutMs: 40_000 });

    for (const server of prometheuses) {
      const client = new PrometheusClient({ host: server.address });
      const read = async (promql: string): Promise<number | undefined> => (await client.query(promql))[0]?.value;
      await waitFor(async () => (await read('sum(orders_total)')) === counted, { message: 'the sum to be right' });
      await waitFor(async () => (await read('sum(refunds)')) === 2, { message: 'the other counter' });
      expect(await client.series('{__name__=~"orders_total|refunds",job!="application"}')).toEqual(
        expect.arrayContaining([
          { __name__: 'orders_total', job, instance: 'shop', type: 'book' },
          { __name__: 'refunds', job, instance: 'shop' },
        ]),
      );
      await waitFor(async () => (await read('count(up == 1)')) === 2, { message: 'both replicas to be scraped' });
      const samples = await rawSamples(server, 'orders_total');
      expect(new Set(samples).size).toBeGreaterThan(2);
      expect(backwardSteps(samples)).toBe(0);
      const query = new URLSearchParams({ query: 'orders_total', start: '0', end: String(Date.now() / 1_000 + 60) });
      const exemplars = await fetch(`${server.url}/api/v1/query_exemplars?${query.toString()}`);
      expect(JSON.stringify(await exemplars.json())).toContain('"trace_id":"trace');
    }
    const [text, protobuf] = prometheuses.map(({ address }) => new PrometheusClient({ host: address }));
    // Prometheus 3 writes the bound as 1.0.
    expect(await text?.query('order_seconds_bucket{le=~"1([.]0)?"}')).toMatchObject([{ value: counted }]);
    expect(await protobuf?.query('histogram_count(order_seconds)')).toMatchObject([{ value: counted }]);
  });
});
