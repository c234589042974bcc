import { generated } from '../integration/rules/support.js';
import { type App, optionsFor, startApp } from '../integration/app.js';
import { backwardSteps, rawSamples } from '../support/raw-samples.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

/** Of Prometheus 2.50 and later. */
const ARGS = ['--enable-feature=created-timestamp-zero-ingestion'];
/** Extrapolation adds up to one more than there are: with so many, less than half an event. */
const SAMPLES = 25;

const servers: RunningServer[] = [];
let app: App | undefined;
async function started(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}
afterAll(async () => {
  await app?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

const steps = (samples: readonly number[]): number[] => samples.filter((one, at) => one !== samples[at - 1]);

it('what rules records of broadcast has the first events of counters, histograms and summaries', async () => {
  const [redis, ...gateways] = await Promise.all([
    started(startRedis()),
    started(startPushgateway()),
    started(startPushgateway()),
  ]);
  const [gateway] = gateways;
  const options = optionsFor({ redis, gateway, prometheus: gateway });
  const pushgateway = {
    ...options.pushgateway,
    host: gateways.map(({ address }) => address),
    strategy: 'broadcast' as const,
  };
  app = await startApp({ ...options, pushgateway });
  const { metrics, job } = app;
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
  const seconds = metrics.histogram({ name: 'order_seconds', help: 'Seconds', buckets: [1.5] });
  const bytes = metrics.summary({ name: 'order_bytes', help: 'Bytes' });
  const happen = (type: string, count: number): void => {
    orders.inc({ type }, count);
    for (let times = 0; times < count; times += 1) for (const observer of [seconds, bytes]) observer.observe(1);
  };
  // The rules are for metrics that are known; nothing is counted yet.
  await metrics.flush();
  const { 'prometheus.yml': config = '', 'rules.yml': rules = '' } = await generated({ ...options, pushgateway }, [
    '--scrape-interval',
    '0.2',
  ]);
  const prometheus = await started(startPrometheus({ config, files: { 'rules.yml': rules }, args: ARGS }));
  const until = async (series: string, expected: number[]): Promise<void> => {
    await waitFor(
      async () => {
        const samples = await rawSamples(prometheus, series);
        return samples.filter((value) => value === expected.at(-1)).length > SAMPLES ? samples : undefined;
      },
      { message: series },
    );
    const samples = await rawSamples(prometheus, series);
    expect({ series, steps: steps(samples), back: backwardSteps(samples) }).toEqual({
      series,
      steps: expected,
      back: 0,
    });
    const answer = await fetch(
      `${prometheus.url}/api/v1/query?${new URLSearchParams({ query: `increase(${series}[2m])` }).toString()}`,
    );
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    expect({ series, increase: data.result.map(({ value }) => Math.round(Number(value[1]))) }).toEqual({
      series,
      increase: [expected.at(-1)],
    });
  };

  happen('blue', 7);
  expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
  for (const name of ['orders_total', 'order_seconds_count', 'order_seconds_sum', 'order_bytes_count']) {
    await until(`${name}{job="${job}"}`, [0, 7]);
  }
  await until(`order_seconds_bucket{job="${job}",le="1.5"}`, [0, 7]);
  // A label that comes later, and events of the first meanwhile.
  happen('red', 5);
  orders.inc({ type: 'blue' });
  expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
  await until(`orders_total{job="${job}",type="red"}`, [0, 5]);
  await until(`orders_total{job="${job}",type="blue"}`, [0, 7, 8]);
});
