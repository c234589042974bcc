import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { SCRAPE_INTERVAL_MS } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

/** One Prometheus scrapes the gateways of two environments, and gives each a label `env`. */
let redis: RunningServer;
let production: RunningServer;
let staging: RunningServer;
let prometheus: RunningServer;
const apps: App[] = [];

beforeAll(async () => {
  [redis, production, staging] = await Promise.all([startRedis(), startPushgateway(), startPushgateway()]);
  const target = (env: string, { address }: RunningServer): string =>
    `      - { targets: [${address}], labels: { env: ${env} } }`;
  const config = `
global: { scrape_interval: ${SCRAPE_INTERVAL_MS}ms, scrape_timeout: ${SCRAPE_INTERVAL_MS}ms }
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
${target('production', production)}
${target('staging', staging)}
`;
  prometheus = await startPrometheus({ config });
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await Promise.all([redis, production, staging, prometheus].map((server) => server.stop()));
});

async function open(gateway: RunningServer, keyPrefix: string, labels?: Record<string, string>): Promise<App> {
  const options = optionsFor({ redis, gateway, prometheus }, ['shop']);
  const app = await startApp({
    ...options,
    prometheus: { ...options.prometheus, ...(labels && { labels }) },
    pushgateway: { ...options.pushgateway, keyPrefix },
  });
  apps.push(app);
  return app;
}

function count({ metrics }: App, by: number): void {
  metrics.counter({ name: 'orders_total', help: 'Orders', prefetch: true }).inc(by);
}

/** Pushes until the family is no longer held back. */
async function pushAll({ metrics }: App): Promise<void> {
  await waitFor(async () => (await metrics.push()).reason === undefined, { message: 'nothing to be held back' });
}

async function valueOf(gateway: RunningServer): Promise<string | undefined> {
  const page = await (await fetch(`http://${gateway.address}/metrics`)).text();
  return /^orders_total\{.*\} (\S+)$/m.exec(page)?.[1];
}

it('environments under one job and instance: each restores its own, or nothing', async () => {
  const first = await open(production, 'production', { env: 'production' });
  count(first, 1_000);
  await pushAll(first);
  const seen = async (env: string): Promise<number | undefined> =>
    (await first.prometheus.query(`orders_total{env="${env}"}`))[0]?.value;
  await waitFor(async () => (await seen('production')) === 1_000, { message: "production's value" });

  const second = await open(staging, 'staging', { env: 'staging' });
  count(second, 3);
  await pushAll(second);
  expect(await valueOf(staging)).toBe('3');
  await waitFor(async () => (await seen('staging')) === 3, { message: "staging's value" });

  // Its Redis is emptied.
  const again = await open(staging, 'emptied', { env: 'staging' });
  count(again, 4);
  await pushAll(again);
  expect(await valueOf(staging)).toBe('7');

  // And once more, while nothing says which series are its own.
  const undecided = await open(staging, 'undecided');
  count(undecided, 1);
  await waitFor(async () => (await undecided.metrics.push()).reason?.includes('differ in "env"'), {
    message: 'the label to be named',
  });
  expect(await undecided.metrics.push()).toMatchObject({
    reason: expect.stringContaining(
      'orders_total (its series in Prometheus differ in "env": name ours in prometheus.labels)',
    ),
  });
  expect(await valueOf(production)).toBe('1000');
  expect(await undecided.metrics.text()).toContain('orders_total 1\n');
});
