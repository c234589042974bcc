import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MetricDefinition, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { GroupReader } from '../../../lib/push/index.js';
import { DOCKER_FOLDER } from '../../support/docker-config.js';
import { type GrafanaDashboard, queriesOf, unanswered } from '../../support/grafana/queries.js';
import { declared, shopMetrics } from '../../support/grafana/shop-metrics.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { scrapeConfig } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { type App, startApp } from '../app.js';
import { generated } from './support.js';

/** Beside those of the sample application: one of each other kind. */
const METRICS: MetricDefinition[] = [
  { name: 'native_bytes', help: 'Sizes', type: 'histogram', native: {} },
  { name: 'both_bytes', help: 'Sizes', type: 'histogram', native: {}, buckets: [1, 10], labelNames: ['kind'] },
  ...(['completed', 'failed', 'retried'] as const).map((outcome): MetricDefinition => {
    return { name: `bullmq_job_${outcome}_total`, help: 'Jobs', type: 'counter', labelNames: ['queue'] };
  }),
  { name: 'bullmq_job_duration_seconds', help: 'Duration', type: 'histogram', labelNames: ['queue', 'outcome'] },
  { name: 'bullmq_job_wait_seconds', help: 'Wait', type: 'histogram', labelNames: ['queue'] },
  { name: 'bullmq_job_count', help: 'Depth', type: 'gauge', labelNames: ['queue', 'state'] },
];
/** They are counted in trouble only; here they are made, and must be those that the module has defined. */
const IN_TROUBLE: MetricDefinition[] = [
  { name: 'pushgateway_client_moves_total', help: 'Moves', type: 'counter', labelNames: ['pushed_job'] },
  { name: 'pushgateway_client_delayed_seconds', help: 'Delays', type: 'gauge', labelNames: ['pushed_job'] },
];

let servers: RunningServer[];
let app: App;
let options: PrometheusPushgatewayModuleOptions;
let prometheus: string;
let round = 0;

beforeAll(async () => {
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const scraper = await startPrometheus({
    config: scrapeConfig([gateway.address]),
    args: ['--enable-feature=native-histograms'],
  });
  servers = [redis, gateway, scraper];
  prometheus = scraper.address;
  const shop = await shopMetrics();
  options = {
    prometheus: { host: scraper.address, instance: 'shop', jobs: ['shop', 'payments'] },
    pushgateway: { host: gateway.address, redis: redis.address, flushIntervalMs: 20 },
    autoPush: false,
    selfMetrics: true,
    maxSeriesPerMetric: 2,
    metrics: [...METRICS, ...shop.flatMap(({ job, definitions }) => definitions.map((each) => declared(each, [job])))],
  };
  app = await startApp(options);
  // A push that the gateway refuses.
  const refused = await fetch(`http://${gateway.address}/metrics/job/shop/instance/shop`, {
    method: 'PUT',
    body: 'no metric\n',
  });
  if (refused.status !== 400) throw new Error(`Expected it to be refused, got ${refused.status}`);
}, 120_000);

afterAll(async () => {
  await app.close();
  await Promise.all(servers.map((server) => server.stop()));
});

/** Something of each metric, with more label sets than there may be. */
async function count(): Promise<void> {
  round += 1;
  for (const each of [...(options.metrics ?? []), ...IN_TROUBLE]) observe(each);
  for (const result of await app.metrics.pushAll()) expect(result).toMatchObject({ outcome: 'pushed' });
}

function observe(definition: MetricDefinition): void {
  const { metrics } = app;
  const { type, labelNames = [] } = definition;
  for (const value of ['one', 'two', 'three']) {
    const labels = Object.fromEntries(labelNames.map((name) => [name, name === 'pushed_job' ? 'shop' : value]));
    if (type === 'counter') metrics.counter(definition).inc(labels);
    else if (type === 'gauge') metrics.gauge(definition).set(labels, round);
    else if (type === 'histogram') metrics.histogram(definition).observe(labels, round);
    else metrics.summary(definition).observe(labels, round);
    if (labelNames.length === 0) return;
  }
}

/** While everything goes on being counted and pushed. */
async function expectUnanswered(dashboard: GrafanaDashboard, expected: unknown): Promise<void> {
  await waitFor(async () => {
    await count();
    expect(await unanswered(prometheus, queriesOf(dashboard))).toEqual(expected);
    return true;
  });
}

it('the module counts what is made here', async () => {
  const defined = await app.context.get(GroupReader, { strict: false }).definitions('shop');
  expect(defined.map(({ name }) => name)).toEqual(expect.arrayContaining(IN_TROUBLE.map(({ name }) => name)));
});

it('rules --grafana prints dashboards of all metrics there are, whose every query has an answer', async () => {
  const files = await generated(options, ['--grafana']);
  expect(Object.keys(files)).toEqual(['metrics.json', 'pushes.json', 'requests.json']);
  for (const text of Object.values(files)) {
    const dashboard = JSON.parse(text) as GrafanaDashboard;
    expect(queriesOf(dashboard).length).toBeGreaterThan(15);
    await expectUnanswered(dashboard, []);
  }
});

const PROVISIONED = readdirSync(join(DOCKER_FOLDER, 'grafana')).filter((file) => file.endsWith('.json'));

it.each(PROVISIONED)('docker/grafana/%s: every query has an answer', async (file) => {
  await expectUnanswered(provisioned(file), []);
});

it('a query for a metric that is not there has none', async () => {
  const misspelt = Array.from({ length: 5 }, (): unknown => expect.stringContaining('odrers_total'));
  await expectUnanswered(provisioned('metrics.json', 'odrers_total'), misspelt);
});

function provisioned(file: string, orders = 'orders_total'): GrafanaDashboard {
  const text = readFileSync(join(DOCKER_FOLDER, 'grafana', file), 'utf8');
  return JSON.parse(text.replaceAll('orders_total', orders)) as GrafanaDashboard;
}
