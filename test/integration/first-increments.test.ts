import { randomUUID } from 'node:crypto';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { backwardSteps, rawSamples } from '../support/raw-samples.js';
import { runNode } from '../support/run-node.js';
import { freePort } from '../support/servers.js';
import { SCRAPE_INTERVAL_MS, type Stack, startStack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type App, optionsFor, startApp } from './app.js';

/** Several scrapes, so that a slow one does not matter. */
const ANNOUNCE_FOR_MS = 5 * SCRAPE_INTERVAL_MS;
/** Scrapes of the final value to wait for: extrapolation adds less than half a scrape to them and those at 0. */
const SCRAPES = 12;

let stack: Stack;
const apps: App[] = [];

beforeAll(async () => {
  stack = await startStack();
});
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
afterAll(() => stack.stop());

const open = async (options: PrometheusPushgatewayModuleOptions): Promise<App> => {
  const app = await startApp(options);
  apps.push(app);
  return app;
};
const ordersOf = ({ metrics }: App) =>
  metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).labels({ type: 'blue' });
const seriesOf = (app: App, name = 'orders_total') => `${name}{job="${app.job}"}`;

/** Pushes until Prometheus has seen the value often. */
async function pushUntil(value: number, app: App, ...others: App[]): Promise<void> {
  await waitFor(
    async () => {
      for (const each of [app, ...others]) expect(await each.metrics.push()).toMatchObject({ outcome: 'pushed' });
      const samples = await rawSamples(stack.prometheus, seriesOf(app));
      return samples.filter((sample) => sample === value).length >= SCRAPES;
    },
    { message: `scrapes of ${value}` },
  );
}

/** Prometheus adds some hundredths for the time before and after the scrapes: rounded, it is the number of events. */
async function increaseOf(app: App, name?: string): Promise<number> {
  const [sample] = await app.prometheus.query(`increase(${seriesOf(app, name)}[2m])`);
  return sample?.value ?? Number.NaN;
}

describe('the first increments', () => {
  it('are missing from increase() if a series appears with them', async () => {
    const app = await open(optionsFor(stack));
    ordersOf(app).inc(7);
    await pushUntil(7, app);
    expect(await increaseOf(app)).toBe(0);
  });

  it('count when the series is announced, and it never steps back', async () => {
    const app = await open({ ...optionsFor(stack), announceForMs: ANNOUNCE_FOR_MS });
    ordersOf(app).inc(7);
    const seconds = app.metrics.histogram({ name: 'order_seconds', help: 'Seconds', buckets: [1] });
    for (let times = 0; times < 7; times += 1) seconds.observe(0.5);
    const depth = app.metrics.gauge({ name: 'depth', help: 'Depth' });
    depth.set(12);
    await app.metrics.push();
    expect(await fetch(`${stack.gateway.url}/metrics`).then((response) => response.text())).toMatch(
      new RegExp(`depth{instance="test",job="${app.job}"} 12\n`),
    );
    await pushUntil(7, app);
    expect(Math.round(await increaseOf(app))).toBe(7);
    expect(Math.round(await increaseOf(app, 'order_seconds_count'))).toBe(7);
    const samples = await rawSamples(stack.prometheus, seriesOf(app));
    expect(samples[0]).toBe(0);
    expect(backwardSteps(samples)).toBe(0);
    expect(await rawSamples(stack.prometheus, seriesOf(app, 'depth'))).not.toContain(0);
  });

  it('count once when replicas share a series', async () => {
    const options = { ...optionsFor(stack), announceForMs: ANNOUNCE_FOR_MS };
    const [one, other] = [await open(options), await open(options)];
    ordersOf(one).inc(3);
    ordersOf(other).inc(4);
    await pushUntil(7, one, other);
    expect(Math.round(await increaseOf(one))).toBe(7);
    expect(backwardSteps(await rawSamples(stack.prometheus, seriesOf(one)))).toBe(0);
  });

  it('count when the process that made them ends before their value is shown', async () => {
    const options = { ...optionsFor(stack), announceForMs: ANNOUNCE_FOR_MS };
    const first = await startApp(options);
    ordersOf(first).inc(7);
    await first.metrics.push();
    await first.close();
    const second = await open(options);
    await pushUntil(7, second);
    expect(Math.round(await increaseOf(second))).toBe(7);
  });

  it('do not hold up what Prometheus knows', async () => {
    const app = await open({ ...optionsFor(stack), announceForMs: ANNOUNCE_FOR_MS });
    ordersOf(app).inc(7);
    await pushUntil(7, app);
    ordersOf(app).inc();
    await app.metrics.push();
    const text = await fetch(`${stack.gateway.url}/metrics`).then((response) => response.text());
    expect(text).toContain(`orders_total{instance="test",job="${app.job}",type="blue"} 8\n`);
  });

  it('are shown when the option is taken away, and no series is left at 0', async () => {
    const options = optionsFor(stack);
    const before = await startApp({ ...options, announceForMs: 3_600_000 });
    ordersOf(before).inc(7);
    await before.metrics.push();
    await before.close();
    const after = await open(options);
    await after.metrics.push();
    const text = await fetch(`${stack.gateway.url}/metrics`).then((response) => response.text());
    expect(text).toContain(`orders_total{instance="test",job="${after.job}",type="blue"} 7\n`);
  });
});

describe('push --announce', () => {
  const command = (options: PrometheusPushgatewayModuleOptions, ...args: string[]) =>
    runNode('test/support/processes/command.js', ['push', ...args], { OPTIONS: JSON.stringify(options) }).done;

  it('waits for a scrape at 0 before it pushes the value, once', async () => {
    const app = await open(optionsFor(stack));
    ordersOf(app).inc(7);
    await app.metrics.flush();
    expect(await command(app.options, '--announce')).toMatchObject({ code: 0, stderr: '' });
    await waitFor(
      async () => (await rawSamples(stack.prometheus, seriesOf(app))).filter((value) => value === 7).length >= SCRAPES,
    );
    expect(Math.round(await increaseOf(app))).toBe(7);
    // Known now: a second run pushes what there is, and waits for nothing.
    ordersOf(app).inc();
    await app.metrics.flush();
    expect(await command(app.options, '--announce', '0.001')).toMatchObject({ code: 0, stderr: '' });
    await waitFor(async () => (await rawSamples(stack.prometheus, seriesOf(app))).includes(8));
    expect(backwardSteps(await rawSamples(stack.prometheus, seriesOf(app)))).toBe(0);
  });

  it('works beside announceForMs, whose time it does not wait for', async () => {
    const app = await open({ ...optionsFor(stack), announceForMs: 3_600_000 });
    ordersOf(app).inc(7);
    await app.metrics.flush();
    expect(await command(app.options, '--announce')).toMatchObject({ code: 0, stderr: '' });
    await waitFor(
      async () => (await rawSamples(stack.prometheus, seriesOf(app))).filter((value) => value === 7).length >= SCRAPES,
    );
    expect(Math.round(await increaseOf(app))).toBe(7);
  });

  it('says so if Prometheus does not scrape or cannot be asked, and pushes all the same', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const app = await open(optionsFor(stack, [`unseen-${randomUUID()}`]));
    ordersOf(app).inc(7);
    await app.metrics.flush();
    const { prometheus } = app.options;
    const unanswered = await command({ ...app.options, prometheus: { ...prometheus, host: nowhere } }, '--announce');
    expect(unanswered.code).toBe(0);
    expect(unanswered.stderr).toMatch(
      `push: ${app.job}: first values may be missing from increase(): Prometheus http://${nowhere} unreachable`,
    );
    expect(await fetch(`${stack.gateway.url}/metrics`).then((response) => response.text())).toContain(
      `orders_total{instance="test",job="${app.job}",type="blue"} 7\n`,
    );
  });

  it('refuses a wait that is none', async () => {
    const { code, stderr } = await command(optionsFor(stack), '--announce', 'soon');
    expect(code).toBe(1);
    expect(stderr).toContain('--announce: expected a number of seconds above 0');
  });
});
