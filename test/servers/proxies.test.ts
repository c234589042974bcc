import { PushgatewayClient } from '../../lib/gateway/index.js';
import { type RunningServer, startPushgateway } from '../support/servers.js';
import { failureOf, samplesOf, settled } from '../integration/gateway/support.js';
import { CERTIFICATE } from '../unit/http/fake-server.js';
import { type ProxyName, startProxy, startVictoriaMetrics } from './start.js';

const KEY = { job: 'a/b', instance: 'one two' };
const started: RunningServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

function textOf(series: number): string {
  const lines = Array.from(
    { length: series },
    (_, at) => `orders_total{shop="${at}",where="${'x'.repeat(60)}"} ${at}\n`,
  );
  return `# TYPE orders_total counter\n${lines.join('')}`;
}

const proxies: ProxyName[] = ['nginx', 'caddy', 'lighttpd'];

describe.each(proxies.flatMap((proxy) => [false, true].map((tls) => [proxy, tls] as const)))(
  '%s, TLS: %s',
  (proxy, tls) => {
    it.each([true, false])('passes pushes of 3 and of 40,000 series on, below a path (gzip: %s)', async (gzip) => {
      const gateway = await startPushgateway();
      started.push(gateway);
      const server = await startProxy(proxy, { gateway, path: '/push', tls });
      started.push(server);
      const client = new PushgatewayClient({ host: `${server.url}/push/`, gzip, tls: { ca: CERTIFICATE } });
      for (const series of [3, 40_000]) {
        await client.push(KEY, textOf(series));
        expect(await samplesOf(gateway, 'orders_total')).toHaveLength(series);
      }
      expect((await client.status()).ready).toBe(true);
      // Cut off at its end it is refused whole, through a proxy too.
      await expect(
        client.push(KEY, async function* () {
          yield await Promise.resolve(Buffer.from(textOf(3)));
          throw new Error('the store is away');
        }),
      ).rejects.toThrow('the store is away');
      expect(await samplesOf(gateway, 'orders_total')).toHaveLength(40_000);
      await client.delete(KEY);
      await settled(gateway, 0);
    });

    it('says that no gateway is there', async () => {
      const gateway = await startPushgateway();
      started.push(gateway);
      const server = await startProxy(proxy, { gateway, path: '/push', tls });
      started.push(server);
      await gateway.stop();
      const client = new PushgatewayClient({ host: `${server.url}/push`, tls: { ca: CERTIFICATE }, timeoutMs: 3_000 });
      const error = await failureOf(client.push(KEY, textOf(3)));
      // Caddy 2.6 waits for the body before it says so, and nobody has asked for the body.
      const answers = ['(502)', '(503)', ...(proxy === 'caddy' ? ['never sent 100 Continue'] : [])];
      expect(answers.filter((answer) => error.message.includes(answer))).toHaveLength(1);
    });
  },
);

it('VictoriaMetrics is refused by name behind another path too, where it takes pushes with 200', async () => {
  const server = await startVictoriaMetrics();
  started.push(server);
  const rewriting = await startProxy('nginx', {
    gateway: server,
    path: '/push',
    to: '/api/v1/import/prometheus',
    tls: false,
  });
  started.push(rewriting);
  const plain = { job: 'shop', instance: 'one' };
  const taken = await fetch(`${rewriting.url}/push/metrics/job/shop/instance/one`, { method: 'PUT', body: textOf(1) });
  expect(taken.status).toBe(200);
  const named = /^Pushgateway http:\S+ is VictoriaMetrics, not a Pushgateway: .* Let it scrape a Pushgateway$/;
  for (const gzip of [true, false]) {
    const client = new PushgatewayClient({ host: `${rewriting.url}/push`, gzip });
    await expect(client.push(plain, textOf(3))).rejects.toThrow(named);
    await expect(client.pushAdd(plain, textOf(3))).rejects.toThrow(named);
    await expect(client.locate(plain)).rejects.toThrow(named);
    await expect(client.delete(plain)).rejects.toThrow(named);
  }
});

it('VictoriaMetrics is refused by name', async () => {
  const server = await startVictoriaMetrics();
  started.push(server);
  const client = new PushgatewayClient({ host: `${server.url}/api/v1/import/prometheus` });
  const named = /^Pushgateway http:\S+ is VictoriaMetrics, not a Pushgateway: .* Let it scrape a Pushgateway$/;
  await expect(client.push(KEY, textOf(3))).rejects.toThrow(named);
  await expect(client.status()).rejects.toThrow(named);
  await expect(client.delete({ job: 'shop' })).rejects.toThrow(named);
});
