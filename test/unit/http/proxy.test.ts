import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { ConfigurationError, HttpProxyError, type HttpTimeoutError } from '../../../lib/errors/index.js';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { CERTIFICATE, CERTIFICATE_KEY } from './fake-server.js';
import { clientOf, failureOf, fakeServers } from './support.js';

const startServer = fakeServers();
const GET = { method: 'GET', path: '/' } as const;
const PUT = { method: 'PUT', path: '/x', body: Buffer.from('orders_total 1\n'), expectContinue: true } as const;

const proxies: ForwardProxy[] = [];
afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));

async function startProxy(login?: string): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(login === undefined ? {} : { login });
  proxies.push(proxy);
  return proxy;
}

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
const setEnvironment = (values: Readonly<Record<string, string | undefined>>): void => {
  for (const name of VARIABLES) {
    const value = values[name];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
};
afterEach(() => {
  setEnvironment(before);
});

describe('through a proxy', () => {
  it('goes what is meant for the server as it is, to http too, and nothing of it to the proxy', async () => {
    const server = await startServer();
    const proxy = await startProxy('us er:p@ss');
    const client = clientOf(server.url, { bearerToken: 'to.ken', proxy: `us%20er:p%40ss@${proxy.address}` });
    await expect(client.request(PUT)).resolves.toMatchObject({ status: 200 });
    expect(server.seen).toMatchObject([
      { method: 'PUT', url: '/x', complete: true, headers: { authorization: 'Bearer to.ken', host: server.address } },
    ]);
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
    const authorization = `Basic ${Buffer.from('us er:p@ss').toString('base64')}`;
    expect(proxy.asked).toEqual([{ target: server.address, authorization }]);
    expect(proxy.strange).toEqual([]);
    expect(client.proxy).toBe(proxy.url);
  });

  it('goes TLS from end to end', async () => {
    const server = await startServer({ tls: { cert: CERTIFICATE, key: CERTIFICATE_KEY } });
    const proxy = await startProxy();
    const client = clientOf(server.url, { tls: { ca: CERTIFICATE }, proxy: proxy.url });
    await expect(client.request(PUT)).resolves.toMatchObject({ status: 200 });
    expect(proxy.asked).toHaveLength(1);
    await expect(clientOf(server.url, { proxy: proxy.url }).request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
      message: expect.stringContaining('failed the TLS handshake') as string,
    });
  });

  it.each(['127.0.0.1', 'localhost'])('that speaks TLS itself is asked by its own name (%s)', async (host) => {
    const names: (string | undefined)[] = [];
    const proxy = createTlsServer({
      cert: CERTIFICATE,
      key: CERTIFICATE_KEY,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const client = clientOf('http://pushgateway.internal:9091', { proxy: `https://${host}:${port}` });
    const error = await failureOf(client.request(PUT));
    // Nobody has signed its certificate: what matters is whose name was asked for.
    expect(error).toBeInstanceOf(HttpProxyError);
    expect(error.message).not.toContain('ALTNAME');
    expect(names).toEqual(host === 'localhost' ? ['localhost'] : []);
    proxy.close();
  });

  it('the body waits for 100 Continue of the server', async () => {
    const server = await startServer({ onExpect: () => undefined });
    const proxy = await startProxy();
    const error = await failureOf(clientOf(server.url, { proxy: proxy.url, timeoutMs: 300 }).request(PUT));
    expect(error).toMatchObject({ name: 'HttpTimeoutError' } satisfies Partial<HttpTimeoutError>);
    expect(error.message).toContain('it never sent 100 Continue');
    expect(server.seen).toMatchObject([{ complete: false }]);
  });

  it('no connection is left open', async () => {
    const server = await startServer();
    const proxy = await startProxy();
    await clientOf(server.url, { proxy: proxy.url }).request(GET);
    await waitFor(() => server.sockets.size === 0, { message: 'the connection to end' });
  });
});

describe('a proxy that lets nothing through', () => {
  it.each([
    [
      407,
      'Proxy Authentication Required (give it user name and password, as in proxy: "http://user:password@host:port")',
    ],
    [403, 'Forbidden (it has to allow CONNECT to that port)'],
    [502, 'Bad Gateway'],
    [503, 'Service Unavailable'],
    [504, 'Gateway Timeout'],
  ])('since it refuses with %d', async (status, reason) => {
    const server = await startServer();
    const proxy = await startProxy();
    proxy.mode = status;
    const error = await failureOf(clientOf(server.url, { proxy: `http://u:pass@${proxy.address}` }).request(PUT));
    expect(error).toBeInstanceOf(HttpProxyError);
    expect(error).toMatchObject({ code: 'ERR_HTTP_PROXY', status });
    expect(error.message).toBe(
      `Pushgateway ${server.url} was not reached: proxy ${proxy.url} refused a connection to it (${status}): ${reason}`,
    );
    expect(server.seen).toEqual([]);
  });

  it.each([202, 204])('answers with %d, which is not the answer of the server', async (status) => {
    const server = await startServer();
    const proxy = await startProxy();
    proxy.mode = status;
    // It says that there is a connection, and hangs up.
    await expect(clientOf(server.url, { proxy: proxy.url }).request(PUT)).rejects.toMatchObject({
      name: 'HttpConnectionError',
    });
  });

  it('since it is down', async () => {
    const error = await failureOf(clientOf('127.0.0.1:9', { proxy: 'u:pass@127.0.0.1:1' }).request(GET));
    expect(error).toMatchObject({ name: 'HttpProxyError', status: undefined });
    expect(error.message).toBe(
      'Pushgateway http://127.0.0.1:9 was not reached: proxy http://127.0.0.1:1 unreachable: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it.each([
    ['in time', undefined, 'gave no connection within 200 ms'],
    ['until the request is given up', 50, 'gave no connection before the request was given up'],
  ])('since it does not answer %s; nothing is left behind', async (_name, giveUpAfterMs, words) => {
    const proxy = await startProxy();
    proxy.mode = 'silent';
    const signal = giveUpAfterMs === undefined ? {} : { signal: AbortSignal.timeout(giveUpAfterMs) };
    const client = clientOf('127.0.0.1:9', { proxy: proxy.url, timeoutMs: 200 });
    const error = await failureOf(client.request({ ...GET, ...signal }));
    expect(error).toBeInstanceOf(HttpProxyError);
    expect(error.message).toBe(`Pushgateway http://127.0.0.1:9 was not reached: proxy ${proxy.url} ${words}`);
  });
});

describe('from the environment', () => {
  it('is taken when asked for, but for hosts of NO_PROXY', async () => {
    const server = await startServer();
    const proxy = await startProxy('u:p');
    setEnvironment({ HTTP_PROXY: `http://u:p@${proxy.address}` });
    await clientOf(server.url, { proxy: 'environment' }).request(GET);
    expect(proxy.asked).toHaveLength(1);
    await clientOf(server.url).request(GET);
    setEnvironment({ HTTP_PROXY: proxy.url, NO_PROXY: 'example.org,127.0.0.1' });
    const client = clientOf(server.url, { proxy: 'environment' });
    await client.request(GET);
    expect(client.proxy).toBeUndefined();
    expect(proxy.asked).toHaveLength(1);
    expect(server.seen).toHaveLength(3);
  });

  it('there may be none', async () => {
    setEnvironment({});
    const server = await startServer();
    await expect(clientOf(server.url, { proxy: 'environment' }).request(GET)).resolves.toMatchObject({ status: 200 });
  });

  it('one that is no HTTP proxy is refused, without its password', () => {
    setEnvironment({ ALL_PROXY: 'socks5://user:secret@proxy:1080' });
    expect(() => clientOf('gateway:9091', { proxy: 'environment' })).toThrow(
      new ConfigurationError(
        'Invalid proxy in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY): the scheme is neither http nor https; ' +
          'expected host:port or an http(s) URL',
      ),
    );
  });
});

it('its password is in nothing that can be looked at', () => {
  const client = clientOf('gateway:9091', { proxy: 'http://user:very-secret@proxy:3128' });
  expect(inspect(client, { depth: 9, showHidden: true })).not.toContain('very-secret');
});
