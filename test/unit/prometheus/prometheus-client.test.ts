import { inspect } from 'node:util';
import { PrometheusClient } from '../../../lib/prometheus/index.js';
import type { Answer } from '../http/fake-server.js';
import { fakeServers } from '../http/support.js';

const startServer = fakeServers();
const success = (data: unknown): Answer => {
  return (_request, response) => response.end(JSON.stringify({ status: 'success', data }));
};
const RANGE = { start: 0, end: 60, step: 15 };

describe('query', () => {
  it('is a form with everything in it', async () => {
    const server = await startServer({ answer: success({ resultType: 'vector', result: [] }) });
    const client = new PrometheusClient({ host: server.address });
    await expect(client.query('sum(a) + 1', { time: new Date(1_500), timeout: '5s' })).resolves.toEqual([]);
    await client.query('a', { time: 7.25, timeout: 3 });
    await client.query('a');
    expect(server.seen).toMatchObject([{ method: 'POST', url: '/api/v1/query' }, {}, {}]);
    expect(server.seen.map(({ body }) => body.toString())).toEqual([
      'query=sum%28a%29+%2B+1&time=1.5&timeout=5s',
      'query=a&time=7.25&timeout=3',
      'query=a',
    ]);
  });

  it.each([405, 501])('goes by GET where a proxy answers a POST with %d, which is asked once', async (status) => {
    const answers = success({ resultType: 'vector', result: [{ metric: {}, value: [7, '3'] }] });
    const server = await startServer({
      answer: (request, response, seen) => {
        if (request.method === 'GET') {
          answers(request, response, seen);
          return;
        }
        response.statusCode = status;
        response.end('not allowed');
      },
    });
    const client = new PrometheusClient({ host: server.address });
    for (const promql of ['sum(a) + 1', 'b{c="d"}']) expect((await client.query(promql))[0]?.value).toBe(3);
    await client.series('b');
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/query',
      'GET /api/v1/query?query=sum%28a%29+%2B+1',
      'GET /api/v1/query?query=b%7Bc%3D%22d%22%7D',
      'GET /api/v1/series?match%5B%5D=b',
    ]);
  });

  it('ends when it is given up', async () => {
    const server = await startServer({ answer: () => undefined });
    const client = new PrometheusClient({ host: server.address });
    const ending = new AbortController();
    const asking = client.query('a', { signal: ending.signal });
    ending.abort();
    await expect(asking).rejects.toMatchObject({ code: 'ERR_HTTP_TIMEOUT' });
  });

  it('gives numbers, infinite ones too', async () => {
    const result = ['1.5', '+Inf', '-Inf', 'NaN', '1e+21'].map((value) => ({
      metric: { a: 'b' },
      value: [7.5, value],
    }));
    const server = await startServer({ answer: success({ resultType: 'vector', result }) });
    await expect(new PrometheusClient({ host: server.address }).query('a')).resolves.toEqual(
      [1.5, Infinity, -Infinity, Number.NaN, 1e21].map((value) => ({ metric: { a: 'b' }, value, timestamp: 7.5 })),
    );
  });

  it('gives a scalar as one sample without labels', async () => {
    const server = await startServer({ answer: success({ resultType: 'scalar', result: [7, '2'] }) });
    await expect(new PrometheusClient({ host: server.address }).query('2')).resolves.toEqual([
      { metric: {}, value: 2, timestamp: 7 },
    ]);
  });

  it.each<[unknown, string]>([
    [{ resultType: 'matrix', result: [] }, 'ask with queryRange()'],
    [{ resultType: 'string', result: [7, 'x'] }, 'the answer is a string, not a number'],
    [{ resultType: 'vector', result: [{ metric: {}, histogram: [7, {}] }] }, 'native histograms'],
  ])('says what else came: %j', async (data, message) => {
    const server = await startServer({ answer: success(data) });
    await expect(new PrometheusClient({ host: server.address }).query('a')).rejects.toMatchObject({
      name: 'PrometheusResponseError',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('queryRange', () => {
  it('gives the values of each series', async () => {
    const result = [
      {
        metric: { a: 'b' },
        values: [
          [0, '1'],
          [15, '+Inf'],
        ],
      },
    ];
    const server = await startServer({ answer: success({ resultType: 'matrix', result }) });
    const client = new PrometheusClient({ host: server.address });
    await expect(client.queryRange('a', { start: new Date(0), end: 60, step: '15s', timeout: 1 })).resolves.toEqual([
      {
        metric: { a: 'b' },
        values: [
          { timestamp: 0, value: 1 },
          { timestamp: 15, value: Infinity },
        ],
      },
    ]);
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/query_range' });
    expect(server.seen[0]?.body.toString()).toBe('query=a&start=0&end=60&step=15s&timeout=1');
  });

  it('refuses anything else', async () => {
    const server = await startServer({ answer: success({ resultType: 'scalar', result: [7, '2'] }) });
    await expect(new PrometheusClient({ host: server.address }).queryRange('a', RANGE)).rejects.toMatchObject({
      message: expect.stringContaining('the answer is a scalar') as string,
    });
  });
});

describe('a refusal', () => {
  it("has Prometheus' own words", async () => {
    const body = '{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end of input"}';
    const server = await startServer({ answer: (_request, response) => response.writeHead(400).end(body) });
    await expect(new PrometheusClient({ host: server.address }).query('sum(')).rejects.toMatchObject({
      name: 'PrometheusResponseError',
      status: 400,
      errorType: 'bad_data',
      reason: '1:5: parse error: unexpected end of input',
      message: `Prometheus ${server.url} refused the query (400): bad_data: 1:5: parse error: unexpected end of input`,
    });
  });

  it.each<[number, string, string]>([
    [200, '<!DOCTYPE html><html><body>Welcome</body></html>', 'gave no answer of Prometheus (200): Welcome (is this'],
    [200, '{"hello":"world"}', 'gave no answer of Prometheus (200): {"hello":"world"} (is this'],
    [200, '[]', 'gave no answer of Prometheus (200): [] (is this'],
    [200, '{"status":"success"}', 'gave no answer of Prometheus (200)'],
    [401, 'Unauthorized', 'gave no answer of Prometheus (401): Unauthorized (check username and password'],
    [502, '<html><body>Bad Gateway</body></html>', 'gave no answer of Prometheus (502): Bad Gateway'],
  ])('by something else: %d %s', async (status, body, message) => {
    const server = await startServer({ answer: (_request, response) => response.writeHead(status).end(body) });
    const error = { name: 'PrometheusResponseError', status, errorType: undefined };
    await expect(new PrometheusClient({ host: server.address }).query('a')).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining(`Prometheus ${server.url} ${message}`) as string,
    });
  });

  it('never repeats credentials', async () => {
    const body = '{"status":"error","errorType":"bad_data","error":"token s3same"}';
    const server = await startServer({ answer: (_request, response) => response.writeHead(400).end(body) });
    const client = new PrometheusClient({ host: server.address, bearerToken: 's3same' });
    await expect(client.query('a')).rejects.toMatchObject({ reason: 'token ***' });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer s3same');
    expect(inspect(client, { depth: Infinity, showHidden: true, getters: true })).not.toContain('s3same');
    expect(JSON.stringify(client)).toBe('{}');
  });
});

describe('no Prometheus', () => {
  it('is a connection error', async () => {
    await expect(new PrometheusClient({ host: '127.0.0.1:1' }).query('a')).rejects.toMatchObject({
      name: 'HttpConnectionError',
      reason: 'ECONNREFUSED',
      message: 'Prometheus http://127.0.0.1:1 unreachable: connect ECONNREFUSED 127.0.0.1:1',
    });
  });
});

describe('a client', () => {
  it('has defaults, and is made of resolved options too', () => {
    expect(new PrometheusClient().address).toBe('http://localhost:9090');
    expect(new PrometheusClient({ host: 'prometheus' }).address).toBe('http://prometheus:9090');
    const endpoint = { url: 'http://prometheus/base', headers: {}, tls: {}, timeoutMs: 1 };
    expect(PrometheusClient.of(endpoint).address).toBe('http://prometheus/base');
  });

  it('makes matchers of label names', () => {
    const client = new PrometheusClient();
    expect(client.requireLabels(['a', 'b'])).toBe('a=~".+",b=~".+"');
    expect(client.requireLabels([])).toBe('');
    for (const name of ['a-b', '', '1a', 'a"}', 7 as unknown as string]) {
      expect(() => client.requireLabels([name])).toThrow(`Invalid label name ${JSON.stringify(name)}`);
    }
  });
});
