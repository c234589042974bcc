import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type PrometheusPushgatewayModuleOptions, PushgatewayClient } from 'nestjs-prometheus-pushgateway';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.js';
import { runNode } from '../../support/run-node.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { type App, startApp } from '../app.js';
import { waitFor } from '../../support/wait-for.js';
import { samplesOf } from './support.js';

jest.setTimeout(60_000);

const LOGIN = 'user:s3same';

let redis: RunningServer;
let prometheus: RunningServer;
let gateways: [RunningServer, RunningServer];
let proxy: ForwardProxy;
let job: string;
const apps: App[] = [];

beforeAll(async () => {
  [redis, prometheus, ...gateways] = await Promise.all([
    startRedis(),
    startPrometheus({ config: 'global: {}' }),
    startPushgateway(),
    startPushgateway(),
  ]);
});
afterAll(() => Promise.all([redis, prometheus, ...gateways].map((server) => server.stop())));
beforeEach(async () => {
  job = `shop-${randomUUID()}`;
  proxy = await startForwardProxy({ login: LOGIN });
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await proxy.close().catch(() => undefined);
  jest.restoreAllMocks();
});

function optionsOf(login = LOGIN): PrometheusPushgatewayModuleOptions {
  const way = { proxy: `http://${login}@${proxy.address}`, timeoutMs: 2_000 };
  return {
    prometheus: { ...way, host: prometheus.address, instance: 'test', jobs: [job] },
    pushgateway: {
      ...way,
      host: gateways.map(({ address }) => address),
      redis: redis.address,
      keyPrefix: job,
      flushIntervalMs: 20,
      // As soon as a gateway may be left at all.
      failoverAfterMs: 1,
    },
    autoPush: false,
  };
}

async function start(options: PrometheusPushgatewayModuleOptions): Promise<App> {
  const app = await startApp(options);
  apps.push(app);
  return app;
}

/** The samples of the job on each of the two gateways. */
const shown = (): Promise<string[][]> =>
  Promise.all(
    gateways.map(async (gateway) =>
      (await samplesOf(gateway, 'orders_total'))
        .filter((line) => line.includes(job))
        .map((line) => line.slice(line.lastIndexOf(' ') + 1)),
    ),
  );

it('a push arrives; while the proxy is down, refuses or is silent nothing moves and nothing is lost', async () => {
  const app = await start(optionsOf());
  const orders = app.metrics.counter({ name: 'orders_total', help: 'Orders' });
  orders.inc(5);
  const { outcome, gateway } = await app.metrics.push();
  expect(outcome).toBe('pushed');
  const at = gateways.findIndex(({ url }) => url === gateway);
  const holding = (value: string): string[][] => gateways.map((_, place) => (place === at ? [value] : []));
  expect(await shown()).toEqual(holding('5'));
  expect(proxy.asked.map(({ target }) => target)).toContain(gateways[at]?.address);

  const failing = async (words: string): Promise<void> => {
    orders.inc();
    const result = await app.metrics.push();
    expect(result).toMatchObject({ outcome: 'failed', gateway, error: { code: 'ERR_HTTP_PROXY' } });
    expect(result.reason).toContain(`Pushgateway ${gateway} was not reached: proxy ${proxy.url} ${words}`);
    expect(result.reason).not.toContain('s3same');
  };
  for (const status of [502, 503, 504, 407]) {
    proxy.mode = status;
    await failing(`refused a connection to it (${status})`);
  }
  proxy.mode = 'silent';
  await failing('gave no connection within 2000 ms');
  const port = Number(new URL(proxy.url).port);
  await proxy.close();
  await failing('unreachable: connect ECONNREFUSED');

  expect(await shown()).toEqual(holding('5'));
  expect((await app.metrics.status())[0]).toMatchObject({ holder: gateway, silentForMs: undefined });
  proxy = await startForwardProxy({ port, login: LOGIN });
  expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed', gateway });
  expect(await shown()).toEqual(holding('11'));
  expect(await app.prometheus.query('vector(1)')).toHaveLength(1);
});

it('a gateway that is gone and not configured any more is left once the proxy says that it gets no connection', async () => {
  const mortal = await startPushgateway();
  // Nothing is known of Prometheus either: where it has the group, that has its word.
  const options = { ...optionsOf(), prometheus: { ...optionsOf().prometheus, host: '127.0.0.1:1' } };
  const app = await start({ ...options, pushgateway: { ...options.pushgateway, host: [mortal.address] } });
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
  expect((await app.metrics.push()).outcome).toBe('pushed');
  await mortal.stop();
  const other = await start(options);
  other.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
  await apps.splice(0, 1)[0]?.close();
  proxy.mode = 407;
  for (let round = 0; round < 2; round++) {
    expect(await other.metrics.push()).toMatchObject({ outcome: 'failed', gateway: mortal.url });
  }
  proxy.mode = undefined;
  await waitFor(async () => (await other.metrics.push()).outcome === 'pushed', { message: 'the group to move' });
  expect((await shown()).flat()).toEqual(['2']);
});

it('doctor names the proxy, and what it wants', async () => {
  const doctor = async (options: PrometheusPushgatewayModuleOptions): Promise<string> =>
    (await runNode('test/support/processes/command.js', ['doctor'], { OPTIONS: JSON.stringify(options) }).done).stdout;
  const well = await doctor(optionsOf());
  expect(well).toMatch(new RegExp(`${gateways[0].url} +answers through the proxy ${proxy.url} and is ready`));
  expect(well).toMatch(new RegExp(`${prometheus.url} +answers queries through the proxy ${proxy.url}`));
  const refused = await doctor(optionsOf('user:wr0ng'));
  expect(refused).toContain(`was not reached: proxy ${proxy.url} refused a connection to it (407)`);
  expect(refused).toContain('Put the user name and the password that the proxy expects into pushgateway.proxy');
  expect(refused).not.toContain('wr0ng');
});

it('the environment names a proxy only where that is asked for, and NO_PROXY is heeded', async () => {
  const key = { job, instance: 'test' };
  const asked = async (options: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) => {
    const before = proxy.asked.length;
    const replaced = jest.replaceProperty(process, 'env', {
      ...process.env,
      NO_PROXY: '',
      no_proxy: '',
      ...environment,
    });
    const client = new PushgatewayClient({ host: gateways[0].address, ...options });
    replaced.restore();
    await client.push(key, '# TYPE orders_total counter\norders_total 1\n');
    return proxy.asked.length - before;
  };
  const HTTP_PROXY = `http://${LOGIN}@${proxy.address}`;
  const names = { HTTP_PROXY, http_proxy: HTTP_PROXY };
  expect(await asked({}, names)).toBe(0);
  expect(await asked({ proxy: 'environment' }, { ...names, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' })).toBe(0);
  expect(await asked({ proxy: 'environment' }, names)).toBe(1);
});
