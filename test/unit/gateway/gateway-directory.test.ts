import { Logger } from '@nestjs/common';
import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { gatewayDirectory } from '../../../lib/gateway/pools.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { CERTIFICATE, CERTIFICATE_KEY } from '../http/fake-server.js';
import { fakeServers } from '../http/support.js';

const startFake = fakeServers();
/** Answers as a gateway does. */
const startServer: typeof startFake = (options) =>
  startFake({
    answer: ({ method }, response) => response.writeHead(method === 'DELETE' ? 202 : 200).end(),
    ...options,
  });
const KEY = { job: 'shop', instance: 'localhost' };
const SECRETS = { username: 'user', password: 's3same', headers: { 'X-Key': 'key-of-ours' } };

function directoryOf(pushgateway: object) {
  const { gateways, formerGateways } = resolveOptions({ prometheus: { jobs: ['shop'] }, pushgateway });
  return gatewayDirectory(gateways, formerGateways);
}

const authorization = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;

describe('credentials, headers and keys', () => {
  it('go to every configured gateway, whatever the path there', async () => {
    const servers = [await startServer(), await startServer()];
    const directory = directoryOf({ ...SECRETS, host: servers.map(({ url }) => url) });
    for (const { url } of servers) await directory.clientOf(url).delete(KEY);
    await directory.clientOf(`${servers[1]?.url ?? ''}/before`).delete(KEY);
    for (const { headers } of servers.flatMap(({ seen }) => seen)) {
      expect(headers).toMatchObject({ authorization: authorization('user:s3same'), 'x-key': 'key-of-ours' });
    }
    expect(servers.map(({ seen }) => seen.length)).toEqual([1, 2]);
  });

  it('do not go to an address that only the store names', async () => {
    const [configured, stranger] = [await startServer(), await startServer()];
    const directory = directoryOf({ ...SECRETS, host: configured.url });
    await directory.clientOf(stranger.url).delete(KEY);
    await directory.clientOf(`${stranger.url}#gateway-1`).identify();
    expect(stranger.seen).toHaveLength(2);
    for (const { headers } of stranger.seen) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-key');
    }
  });

  it('do not go to http where https is configured', async () => {
    const secure = await startServer({ tls: { cert: CERTIFICATE, key: CERTIFICATE_KEY } });
    const plain = await startServer();
    const directory = directoryOf({ ...SECRETS, host: secure.url, tls: { ca: CERTIFICATE } });
    await directory.clientOf(secure.url).delete(KEY);
    // The same host and another scheme: nothing of it is configured.
    await directory.clientOf(plain.url).delete(KEY);
    expect(secure.seen[0]?.headers.authorization).toBe(authorization('user:s3same'));
    expect(plain.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('of a former gateway are its own', async () => {
    const [configured, former, bare] = [await startServer(), await startServer(), await startServer()];
    const directory = directoryOf({
      ...SECRETS,
      host: configured.url,
      formerHosts: [{ host: former.url, username: 'old', password: 'secret' }, bare.address],
    });
    expect(directory.former).toEqual([former.url, bare.url]);
    for (const { url } of [former, bare]) await directory.clientOf(url).delete(KEY);
    expect(former.seen[0]?.headers.authorization).toBe(authorization('old:secret'));
    expect(former.seen[0]?.headers).not.toHaveProperty('x-key');
    expect(bare.seen[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('a header that names no gateway', () => {
  it.each([
    ['two words', 1],
    ['a, b', 1],
    ['gateway-\u00e9', 1],
    ['<NOSRV>', 0],
    ['<STATS>', 0],
  ])('is ignored: %j, with %i warning', async (name, warnings) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const server = await startServer({
      answer: ({ method, url = '' }, response) => {
        const isForGroup = method === 'GET' && url.startsWith('/metrics/job/');
        response.writeHead(isForGroup ? 405 : 200, { 'x-pushgateway': name }).end();
      },
    });
    const client = new PushgatewayClient({ host: server.url });
    expect(await client.locate(KEY)).toBeUndefined();
    expect(await client.push(KEY, 'x 1\n')).toBeUndefined();
    expect((await client.identify()).name).toBeUndefined();
    const said = warn.mock.calls.map(([text]: unknown[]) => String(text));
    expect(said.filter((text) => text.includes('x-pushgateway that names no gateway'))).toHaveLength(warnings);
    expect(said).toHaveLength(warnings);
    warn.mockRestore();
  });
});

describe('what is no Pushgateway', () => {
  it.each([
    ['the push of job "shop"', 204, (client: PushgatewayClient): Promise<unknown> => client.push(KEY, 'x 1\n')],
    ['the deletion of job "shop"', 200, (client: PushgatewayClient): Promise<unknown> => client.delete(KEY)],
    ['a GET of a group', 200, (client: PushgatewayClient): Promise<unknown> => client.locate(KEY)],
  ])('is told by its answer to %s', async (what, status, ask) => {
    const server = await startFake({ answer: (_, response) => response.writeHead(status).end() });
    await expect(ask(new PushgatewayClient({ host: server.url }))).rejects.toMatchObject({
      code: 'ERR_GATEWAY_RESPONSE',
      status,
      message: `Pushgateway ${server.url} is no Pushgateway: it answers ${what} with ${status}`,
    });
  });

  it('is VictoriaMetrics, if that takes pushes with 200 and has no status', async () => {
    const server = await startFake({
      answer: ({ method }, response) =>
        response.writeHead(method === 'GET' ? 204 : 200, { 'x-server-hostname': 'vm' }).end(),
    });
    const client = new PushgatewayClient({ host: server.url });
    for (let round = 0; round < 2; round++) {
      await expect(client.push(KEY, 'x 1\n')).rejects.toThrow('is VictoriaMetrics, not a Pushgateway');
    }
  });

  it('is not a Pushgateway behind the proxy of VictoriaMetrics, which is asked once', async () => {
    const server = await startFake({
      answer: ({ method }, response) =>
        response.writeHead(200, { 'x-server-hostname': 'vm' }).end(method === 'GET' ? '{"status":"success"}' : ''),
    });
    const client = new PushgatewayClient({ host: server.url });
    for (let round = 0; round < 3; round++) await client.push(KEY, 'x 1\n');
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'GET', 'PUT', 'PUT']);
  });
});
