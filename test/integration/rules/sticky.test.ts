import { PrometheusClient, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { freePort, type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { type App, startApp } from '../app.js';
import { generated, valuesIn, valuesOf } from './support.js';

jest.setTimeout(120_000);

const CREDENTIALS = { username: 'user', password: 's3same' };
/** bcrypt of `s3same`, made with `htpasswd -nbBC 5`. */
const USERS = 'basic_auth_users: { user: $2y$05$V4xbLnk.6xSaKVdaH4gxoOfJtQnip2hCn2jRGZq3bsezYzPdktXE6 }\n';

const servers: RunningServer[] = [];
async function keep(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}
let counting: App | undefined;
afterAll(async () => {
  await counting?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

it('sticky: two Prometheus, all with passwords, read what was pushed, and from each other under another name', async () => {
  const redis = await keep(startRedis());
  const gateways = [
    await keep(startPushgateway({ webConfig: USERS })),
    await keep(startPushgateway({ webConfig: USERS })),
  ];
  const ports = [await freePort(), await freePort()];
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { host: addresses[0] as string, instance: 'test', jobs: ['shop'], ...CREDENTIALS },
    pushgateway: { host: gateways.map(({ address }) => address), redis: redis.address, ...CREDENTIALS },
    autoPush: false,
  };
  const configs = await generated(options, ['--scrape-interval', '0.5', '--prometheus', ...addresses]);
  expect(Object.keys(configs)).toEqual(['prometheus-1.yml', 'prometheus-2.yml']);
  // The secrets are put where the files say.
  const files = { 'pushgateway-password': CREDENTIALS.password, 'prometheus-password': CREDENTIALS.password };
  const clients: PrometheusClient[] = [];
  for (const [at, port] of ports.entries()) {
    const config = configs[`prometheus-${at + 1}.yml`] as string;
    const { address } = await keep(startPrometheus({ config, files, webConfig: USERS, port }));
    clients.push(new PrometheusClient({ host: address, ...CREDENTIALS }));
  }

  counting = await startApp(options);
  const { metrics } = counting;
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders' });
  orders.inc(1000);
  const isRead = async (): Promise<true> => {
    const expected = valuesIn(await metrics.text(), { job: 'shop', instance: 'test' });
    for (const [at, client] of clients.entries()) {
      expect(await valuesOf(client, 'orders_total')).toEqual(expected);
      const [copy, ...others] = await client.query('{__name__="federated:orders_total"}');
      expect({ copy, others }).toMatchObject({
        copy: { value: Object.values(expected)[0], metric: { job: 'shop', prometheus_replica: addresses[1 - at] } },
        others: [],
      });
      expect(await valuesOf(client, 'count(up == 1)')).toEqual({ '[]': 3 });
    }
    return true;
  };
  for (const change of [5, 5]) {
    orders.inc(change);
    expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
    await waitFor(isRead, { message: 'both to show it' });
  }
  for (const client of clients) {
    expect(await client.query('{__name__=~"federated:federated:.+"}')).toEqual([]);
    expect(await client.query('resets(orders_total[5m]) > 0')).toEqual([]);
    expect(await client.query('{job="shop",gateway!=""}')).toEqual([]);
  }
});
