import { type App, startApp } from '../integration/app.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { startTwemproxy } from './start.js';

let redis: RunningServer;
let gateway: RunningServer;
let proxy: RunningServer;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  proxy = await startTwemproxy(redis);
});
afterAll(() => Promise.all([proxy, redis, gateway].map((server) => server.stop())));
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

/** As docs/redis.md shows it. */
const connection = () => ({
  host: proxy.host,
  port: proxy.port,
  protocol: 2 as const,
  connectionName: '',
  disableClientInfo: true,
  enableReadyCheck: false,
});

it('counts and pushes through twemproxy, with a connection that asks for nothing that it refuses', async () => {
  const store = new RedisStore(connection(), 'test');
  opened.push(store);
  await store.rehearse();
  const app: App = await startApp({
    prometheus: { host: '127.0.0.1:9', instance: 'test', jobs: ['shop'] },
    pushgateway: { host: gateway.address, redis: connection(), flushIntervalMs: 20 },
    autoPush: false,
  });
  opened.push(app);
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
  expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
  expect(await app.metrics.text()).toContain('\norders_total 5\n');
});

it('says which options such a proxy needs', async () => {
  const store = new RedisStore(proxy.address, 'test');
  opened.push(store);
  await expect(store.rehearse()).rejects.toThrow(
    /unreachable: Connection is closed before .* set protocol: 2, .* in pushgateway\.redis$/,
  );
});
