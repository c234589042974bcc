import { type App, optionsFor, startApp } from '../integration/app.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

/** Prometheus 2.42 reads exemplars of classic buckets only. */
const ARGS = ['--enable-feature=native-histograms,exemplar-storage'];
const HOUR_MS = 3_600_000;

let servers: { redis: RunningServer; gateway: RunningServer; prometheus: RunningServer };
let app: App;

beforeAll(async () => {
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const prometheus = await startPrometheus({ config: scrapeConfig([gateway.address]), args: ARGS });
  servers = { redis, gateway, prometheus };
  app = await startApp(optionsFor(servers));
});
afterAll(async () => {
  await app.close();
  await Promise.all(Object.values(servers).map((server) => server.stop()));
});

it('a native histogram without classic buckets has its latest exemplar', async () => {
  const sizes = app.metrics.histogram({ name: 'order_bytes', help: 'Bytes', native: {} });
  sizes.observe(50, { exemplar: { trace_id: 'first' } });
  sizes.observe(100, { exemplar: { trace_id: 'second' } });
  expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
  const asked = new URLSearchParams({
    query: `order_bytes{job="${app.job}"}`,
    start: new Date(Date.now() - HOUR_MS).toISOString(),
    end: new Date(Date.now() + HOUR_MS).toISOString(),
  });
  const found = await waitFor(async () => {
    const response = await fetch(`${servers.prometheus.url}/api/v1/query_exemplars?${asked.toString()}`);
    const { data } = (await response.json()) as { data: { exemplars: { labels: object; value: string }[] }[] };
    return data[0]?.exemplars;
  });
  expect(found).toMatchObject([{ labels: { trace_id: 'second' }, value: '100' }]);
});
