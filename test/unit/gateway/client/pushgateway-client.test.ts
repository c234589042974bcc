import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { PushgatewayClient } from '../../../../lib/gateway/index.js';
import { resolveEndpoint } from '../../../../lib/options/index.js';
import type { Answer } from '../../http/fake-server.js';
import { failureOf, fakeServers } from '../../http/support.js';

const startServer = fakeServers();
const KEY = { job: 'shop', instance: 'localhost' };
const PATH = '/metrics/job/shop/instance/localhost';
const TEXT = '# TYPE orders_total counter\norders_total 3\n';
const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

describe('a push', () => {
  it('is a PUT of compressed text, held back until 100 Continue', async () => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.address }).push(KEY, TEXT);
    expect(server.seen).toMatchObject([
      {
        method: 'PUT',
        url: PATH,
        headers: {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          'content-encoding': 'gzip',
          'transfer-encoding': 'chunked',
          expect: '100-continue',
        },
        complete: true,
      },
    ]);
    expect(gunzipSync(server.seen[0]?.body as Buffer).toString()).toBe(TEXT);
  });

  it('that adds is a POST', async () => {
    const server = await startServer({ answer: answering(202) });
    await new PushgatewayClient({ host: server.url }).pushAdd(KEY, TEXT);
    expect(server.seen).toMatchObject([{ method: 'POST', url: PATH }]);
  });

  it('may be made while it is sent', async () => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.url }).push(KEY, async function* () {
      yield '# TYPE größe gauge\n';
      yield Buffer.from('größe{a="b"} 1\n');
      yield [Buffer.from('größe{a="c"} 2\n'), Buffer.from('größe{a="d"} 3\n')];
    });
    expect(gunzipSync(server.seen[0]?.body as Buffer).toString()).toBe(
      '# TYPE größe gauge\ngröße{a="b"} 1\ngröße{a="c"} 2\ngröße{a="d"} 3\n',
    );
  });

  it.each([true, false])('may be made in memory that is used again (gzip %p)', async (gzip) => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.url, gzip }).push(KEY, async function* () {
      const memory = Buffer.from('größe{a="b"} 1\n');
      yield memory;
      memory.write('größe{a="c"} 2\n');
      yield [memory];
    });
    const body = server.seen[0]?.body as Buffer;
    expect((gzip ? gunzipSync(body) : body).toString().replace(/^#\n/, '')).toBe('größe{a="b"} 1\ngröße{a="c"} 2\n');
  });

  it('may be large, and made in small pieces', async () => {
    const server = await startServer();
    const lines = Array.from({ length: 30_000 }, (_, at) => `größe{at="${at}"} ${at}\n`);
    await new PushgatewayClient({ host: server.url }).push(KEY, async function* () {
      for (const [at, line] of lines.entries()) yield at % 2 === 0 ? line : Buffer.from(line);
    });
    expect(gunzipSync(server.seen[0]?.body as Buffer).toString()).toBe(lines.join(''));
  });

  it.each([true, false])('may come in pieces of any size (gzip %p)', async (gzip) => {
    const server = await startServer();
    const pieces = [100_000, 70_000, 3_000_000, 9, 1_500_000, 5_000_000].map((size, at) => `${at}`.repeat(size));
    await new PushgatewayClient({ host: server.url, gzip }).push(KEY, async function* () {
      yield* pieces;
    });
    const body = server.seen[0]?.body as Buffer;
    const text = (gzip ? gunzipSync(body) : body).toString().replace(/^#\n/, '');
    // Compared as a whole: a difference would print megabytes.
    expect(text === pieces.join('')).toBe(true);
  });

  it.each([
    TEXT,
    async function* () {
      yield* [
        TEXT.slice(0, 9),
        Buffer.from(TEXT.slice(9, 12)),
        [Buffer.from(TEXT.slice(12, 15)), Buffer.from(TEXT.slice(15))],
      ];
    },
  ])('without gzip has its length', async (text) => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.url, gzip: false }).push(KEY, text);
    expect(server.seen[0]?.body.toString()).toBe(`#\n${TEXT}`);
    expect(server.seen[0]?.headers).toMatchObject({
      'content-length': String(TEXT.length + 2),
      expect: '100-continue',
    });
    expect(server.seen[0]?.headers).not.toHaveProperty('content-encoding');
  });

  it('without expectContinue goes at once', async () => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.url, expectContinue: false }).push(KEY, TEXT);
    expect(server.seen[0]?.headers).not.toHaveProperty('expect');
  });

  it.each([true, false])('whose text fails midway rejects with that failure (gzip: %s)', async (gzip) => {
    const server = await startServer();
    const original = new Error('the store went away');
    const pushing = new PushgatewayClient({ host: server.url, gzip }).push(KEY, async function* () {
      yield TEXT;
      throw original;
    });
    expect(await failureOf(pushing)).toBe(original);
    expect(server.seen.filter(({ complete }) => complete)).toEqual([]);
    // Uncompressed, nothing of it was sent at all.
    expect(server.seen).toHaveLength(gzip ? 1 : 0);
  });

  it('of a huge text takes little memory', async () => {
    const line = `orders_total{shop="${'x'.repeat(900)}"} 1\n`;
    const chunk = line.repeat(1_000);
    let received = 0;
    const server = await startServer({
      onExpect: (request, response) => {
        response.writeContinue();
        request.on('data', (data: Buffer) => (received += data.length));
        request.on('end', () => response.end());
      },
    });
    let peak = 0;
    const before = process.memoryUsage().arrayBuffers;
    await new PushgatewayClient({ host: server.url }).push(KEY, async function* () {
      for (let made = 0; made < 200; made++) {
        yield Buffer.from(chunk);
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      }
    });
    expect(received).toBeGreaterThan(0);
    // 185 MB of text were made.
    expect(peak).toBeLessThan(60e6);
  });
});

describe('a deletion', () => {
  it('is a DELETE without a body', async () => {
    const server = await startServer({ answer: answering(202) });
    await new PushgatewayClient({ host: server.url }).delete({ job: 'a/b' });
    expect(server.seen).toMatchObject([{ method: 'DELETE', url: '/metrics/job@base64/YS9i' }]);
    expect(server.seen[0]?.body).toHaveLength(0);
  });
});

describe('a refusal', () => {
  const refused = async (answer: Answer): Promise<{ error: Error; url: string }> => {
    const server = await startServer({ answer });
    const client = new PushgatewayClient({ host: server.url, username: 'user', password: 's3same' });
    return { error: await failureOf(client.push(KEY, TEXT)), url: server.url };
  };

  it("has the gateway's own words", async () => {
    const { error, url } = await refused(answering(400, 'pushed metrics are invalid or inconsistent: <name:"job">\n'));
    expect(error).toMatchObject({
      name: 'GatewayResponseError',
      code: 'ERR_GATEWAY_RESPONSE',
      status: 400,
      reason: 'pushed metrics are invalid or inconsistent: <name:"job">',
      message: `Pushgateway ${url} refused the push of job "shop" (400): pushed metrics are invalid or inconsistent: <name:"job">`,
    });
  });

  it.each([
    [401, 'Unauthorized', 'check username and password, or bearerToken'],
    [403, '', 'check username and password, or bearerToken'],
    [404, '404 page not found', '--web.route-prefix'],
  ])('with %d says what to check', async (status, body, hint) => {
    const { error } = await refused(answering(status, body));
    expect(error).toMatchObject({ status, message: expect.stringContaining(hint) as string });
  });

  it.each([413, 502, 503, 504])('with %d by a proxy has the text of its page', async (status) => {
    const page = `<html><head><title>x</title></head><body><h1>${status} from the proxy</h1></body></html>`;
    const { error } = await refused(answering(status, page, { 'Content-Type': 'text/html' }));
    expect(error).toMatchObject({ status, reason: `${status} from the proxy` });
  });

  it.each([201, 204, 302])('is any other status: %d', async (status) => {
    const { error } = await refused(answering(status, '', { Location: '/login' }));
    expect(error).toMatchObject({ name: 'GatewayResponseError', status });
  });

  it('never repeats credentials', async () => {
    const echo: Answer = (request, response) =>
      response.writeHead(400).end(`bad: ${request.headers.authorization ?? ''} s3same`);
    const { error } = await refused(echo);
    expect(error).toMatchObject({ reason: 'bad: *** ***' });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/s3same|dXNlcjpzM3NhbWU/);
  });

  it('of a deletion says so', async () => {
    const server = await startServer({ answer: answering(500) });
    await expect(new PushgatewayClient({ host: server.url }).delete(KEY)).rejects.toMatchObject({
      message: `Pushgateway ${server.url} refused the deletion of job "shop" (500): Internal Server Error`,
    });
  });
});

describe('a client', () => {
  it('has defaults for everything', () => {
    expect(new PushgatewayClient().address).toBe('http://localhost:9091');
    expect(new PushgatewayClient({ host: 'gateway' }).address).toBe('http://gateway:9091');
    expect(new PushgatewayClient({ host: 'https://gateway/base/' }).address).toBe('https://gateway/base');
  });

  it('is made of resolved options too', async () => {
    const server = await startServer();
    const endpoint = resolveEndpoint(
      `${server.address}/base`,
      { bearerToken: 'to.ken', headers: { 'x-own': '1' } },
      9091,
    );
    await PushgatewayClient.of({ ...endpoint, format: 'text', gzip: false, expectContinue: false }).push(KEY, TEXT);
    expect(server.seen[0]).toMatchObject({
      url: `/base${PATH}`,
      headers: { authorization: 'Bearer to.ken', 'x-own': '1', 'content-length': String(TEXT.length + 2) },
    });
  });

  it.each([
    [{ host: 'http://user:s3same@:9091' }, 'Invalid host: not an address; expected host:port or a URL'],
    [{ host: 'ftp://user:s3same@host' }, 'Invalid host: the scheme is neither http nor https'],
    [{ host: 'http://user:s3same%zz@host' }, 'Invalid host: credentials in a URL must be percent-encoded'],
    [{ timeoutMs: 0 }, 'Invalid timeoutMs: expected a whole number of milliseconds, got 0'],
    [{ timeoutMs: 0.5 }, 'Invalid timeoutMs'],
    [{ timeoutMs: Infinity }, 'Invalid timeoutMs'],
    [{ bearerToken: 's3same\n' }, 'Invalid bearerToken'],
  ])('refuses %j', (options, message) => {
    let error: unknown;
    try {
      new PushgatewayClient(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) as string });
    expect(inspect(error)).not.toContain('s3same');
  });

  it('does not show its credentials', () => {
    const client = new PushgatewayClient({ username: 'user', password: 's3same', headers: { 'x-key': 's3same' } });
    expect(inspect(client, { depth: Infinity, showHidden: true, getters: true })).not.toContain('s3same');
    expect(JSON.stringify(client)).toBe('{}');
  });
});
