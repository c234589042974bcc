import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { freePort, type RunningServer, startHaproxy, startPushgateway } from '../../support/servers.js';
import { failureOf, samplesOf } from './support.js';
import { waitFor } from '../../support/wait-for.js';

jest.setTimeout(60_000);

const KEY = { job: 'shop', instance: 'localhost' };
const TEXT = '# TYPE orders_total counter\norders_total 1\n';

const proxyTo = (gateway: string): Promise<RunningServer> =>
  startHaproxy({
    config: ({ address }) => `
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
  retries 0
listen gateways
  bind ${address}
  balance uri
  hash-type consistent
  server gw ${gateway}
`,
  });

const started: RunningServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

it.each([true, false])('a push goes through HAProxy (gzip: %s)', async (gzip) => {
  const gateway = await startPushgateway();
  const proxy = await proxyTo(gateway.address);
  started.push(gateway, proxy);
  const client = new PushgatewayClient({ host: proxy.address, gzip, timeoutMs: 3_000 });
  await client.push(KEY, TEXT);
  await client.pushAdd({ job: 'a/b' }, TEXT);
  await expect(samplesOf(gateway, 'orders_total')).resolves.toHaveLength(2);
  await client.delete({ job: 'a/b' });
  await waitFor(async () => (await samplesOf(gateway, 'orders_total')).length === 1, { message: 'the deletion' });
  await expect(client.push(KEY, '# TYPE go_threads counter\ngo_threads 1\n')).rejects.toMatchObject({ status: 400 });
});

it('HAProxy without a gateway behind it is a refusal with the text of its page', async () => {
  const proxy = await proxyTo(`127.0.0.1:${await freePort()}`);
  started.push(proxy);
  const error = await failureOf(new PushgatewayClient({ host: proxy.address, timeoutMs: 3_000 }).push(KEY, TEXT));
  expect(error).toMatchObject({
    status: 503,
    reason: '503 Service Unavailable No server is available to handle this request.',
  });
});
