import { gzipSync } from 'node:zlib';
import axios from 'axios';
import { clientOf, fakeServers } from './support.js';

const startServer = fakeServers();

describe('a request', () => {
  it('carries method, path below the base path, query and the headers of endpoint and request', async () => {
    const server = await startServer();
    const client = clientOf(`${server.url}/base/`, { headers: { 'X-Scope-OrgID': 'tenant' } });
    await client.request({ method: 'DELETE', path: '/a%20b', query: { q: 'x y&z' }, headers: { 'x-own': '1' } });
    expect(server.seen).toMatchObject([
      {
        method: 'DELETE',
        url: '/base/a%20b?q=x+y%26z',
        headers: { 'x-scope-orgid': 'tenant', 'x-own': '1', 'user-agent': 'nestjs-prometheus-pushgateway' },
      },
    ]);
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('carries a form as its body', async () => {
    const server = await startServer();
    await clientOf(server.url).request({ method: 'POST', path: '/', form: { query: 'sum(a) + 1' } });
    expect(server.seen[0]?.body.toString()).toBe('query=sum%28a%29+%2B+1');
    expect(server.seen[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '22',
    });
  });

  it('logs in with basic auth in UTF-8, from options or from the URL', async () => {
    const server = await startServer();
    const expected = `Basic ${Buffer.from('jürgen:pä:ß').toString('base64')}`;
    await clientOf(server.url, { username: 'jürgen', password: 'pä:ß' }).request({ method: 'GET', path: '/' });
    await clientOf(`http://${encodeURIComponent('jürgen')}:${encodeURIComponent('pä:ß')}@${server.address}`).request({
      method: 'GET',
      path: '/',
    });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([expected, expected]);
  });

  it('logs in with a bearer token', async () => {
    const server = await startServer();
    await clientOf(server.url, { bearerToken: 'to.ken' }).request({ method: 'GET', path: '/' });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer to.ken');
  });

  it('uses a connection of its own and leaves none open', async () => {
    const server = await startServer();
    const client = clientOf(server.url);
    await client.request({ method: 'GET', path: '/' });
    await client.request({ method: 'GET', path: '/' });
    expect(server.seen.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  });

  it('does not care for proxies in the environment', async () => {
    const server = await startServer();
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    try {
      await expect(clientOf(server.url).request({ method: 'GET', path: '/' })).resolves.toMatchObject({ status: 200 });
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  });

  it("is neither changed nor seen by the application's own axios", async () => {
    const server = await startServer();
    let seen = 0;
    const interceptor = axios.interceptors.request.use((config) => {
      seen++;
      return config;
    });
    axios.defaults.headers.common['X-Other-Secret'] = 'of another server';
    try {
      await clientOf(server.url).request({ method: 'GET', path: '/' });
    } finally {
      axios.interceptors.request.eject(interceptor);
      delete axios.defaults.headers.common['X-Other-Secret'];
    }
    expect(seen).toBe(0);
    expect(server.seen[0]?.headers).not.toHaveProperty('x-other-secret');
  });
});

describe('an answer', () => {
  it.each([200, 202, 204, 301, 400, 404, 500])('with status %d is no error', async (status) => {
    const server = await startServer({
      answer: (_request, response) => response.writeHead(status, { Location: '/elsewhere', 'X-Named': 'gw' }).end(),
    });
    const response = await clientOf(server.url).request({ method: 'GET', path: '/' });
    expect(response).toMatchObject({ status, headers: { 'x-named': 'gw' }, body: '' });
    expect(server.seen).toHaveLength(1);
  });

  it('is text, even if it looks like JSON', async () => {
    const server = await startServer({
      answer: (_request, response) => response.setHeader('Content-Type', 'application/json').end('{"a": 1.0}'),
    });
    await expect(clientOf(server.url).request({ method: 'GET', path: '/' })).resolves.toMatchObject({
      body: '{"a": 1.0}',
    });
  });

  it('is decompressed', async () => {
    const server = await startServer({
      answer: (_request, response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync('text')),
    });
    await expect(clientOf(server.url).request({ method: 'GET', path: '/' })).resolves.toMatchObject({ body: 'text' });
  });
});

describe('the reason of an answer', () => {
  const reasonOf = async (status: number, headers: Record<string, string>, body: string): Promise<string> => {
    const server = await startServer({ answer: (_request, response) => response.writeHead(status, headers).end(body) });
    const client = clientOf(server.url, { bearerToken: 'to.ken', headers: { 'X-Key': 'key-of-ours', 'X-Org': '1' } });
    return client.reasonOf(await client.request({ method: 'GET', path: '/' }));
  };

  it('is its text on one line', async () => {
    await expect(reasonOf(400, {}, ' text format parsing error\n in <line> 1 \u0007\n')).resolves.toBe(
      'text format parsing error in <line> 1',
    );
  });

  it("is a page's text without HTML", async () => {
    const page =
      '<html>\n<head><title>502 Bad Gateway</title><style>h1 {}</style></head>\n<body><h1>502 Bad Gateway</h1>' +
      '<hr>nginx &amp; co<script>alert(1)</script></body></html>';
    await expect(reasonOf(502, { 'Content-Type': 'text/html' }, page)).resolves.toBe('502 Bad Gateway nginx & co');
  });

  it('is at most 500 characters long', async () => {
    await expect(reasonOf(400, {}, 'x'.repeat(100_000))).resolves.toBe(`${'x'.repeat(500)}...`);
  });

  it('is the meaning of the status if there is no text', async () => {
    await expect(reasonOf(503, {}, '')).resolves.toBe('Service Unavailable');
    await expect(reasonOf(499, {}, '')).resolves.toBe('no reason given');
  });

  it('is where a redirect leads to', async () => {
    await expect(reasonOf(307, { Location: '/login' }, 'moved')).resolves.toBe('redirects to /login');
  });

  it('does not repeat credentials', async () => {
    await expect(reasonOf(401, {}, 'No: Bearer to.ken, key-of-ours; to.ken; 1')).resolves.toBe('No: ***, ***; ***; 1');
  });
});
