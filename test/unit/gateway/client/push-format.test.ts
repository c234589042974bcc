import { gunzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { type BothFormats, PushgatewayClient } from '../../../../lib/gateway/index.js';
import type { PushFormat } from '../../../../lib/options/index.js';
import type { Answer, FakeServer } from '../../http/fake-server.js';
import { failureOf, fakeServers } from '../../http/support.js';

const startServer = fakeServers();
const KEY = { job: 'shop', instance: 'localhost' };
const PROTOBUF = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
const HOUR_MS = 3_600_000;

const both: BothFormats = {
  text: async function* () {
    yield await Promise.resolve('text');
  },
  protobuf: async function* () {
    yield await Promise.resolve({ bytes: Buffer.from('before ') });
    yield { bytes: Buffer.from('mess'), isOpen: true };
    yield { bytes: Buffer.from('age'), isOpen: true };
    yield { bytes: Buffer.from('s'), prefix: Buffer.from('the ') };
  },
};

/** A server that gives these answers to protobuf and to text. */
const answers =
  (
    protobuf: () => [status: number, reason?: string],
    text: () => [status: number, reason?: string] = () => [200],
  ): Answer =>
  (request, response) => {
    const [status, reason = ''] = request.headers['content-type'] === PROTOBUF ? protobuf() : text();
    response.writeHead(status).end(reason);
  };

const formatsSeen = ({ seen }: FakeServer): string[] =>
  seen.map(({ headers }) => (headers['content-type'] === PROTOBUF ? 'protobuf' : 'text'));

const clientOf = (server: FakeServer, format?: PushFormat): PushgatewayClient =>
  new PushgatewayClient({ host: server.address, ...(format && { format }) });

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe.each([undefined, 'auto'] as const)('format %s', (format) => {
  it.each([true, false])('is protobuf where that is taken (gzip: %s)', async (gzip) => {
    const server = await startServer();
    await new PushgatewayClient({ host: server.address, gzip, ...(format && { format }) }).push(KEY, both);
    expect(formatsSeen(server)).toEqual(['protobuf']);
    const body = server.seen[0]?.body as Buffer;
    expect((gzip ? gunzipSync(body) : body).toString()).toBe('before the messages');
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([400, 403, 406, 415, 422, 500, 501])(
    'is text at once where protobuf gets %i and text is taken, and stays that for an hour',
    async (status) => {
      let refusal = status;
      const server = await startServer({ answer: answers(() => [refusal, 'text only']) });
      const client = clientOf(server, format);
      const now = jest.spyOn(performance, 'now');
      await client.push(KEY, both);
      expect(formatsSeen(server)).toEqual(['protobuf', 'text']);
      expect(gunzipSync(server.seen[1]?.body as Buffer).toString()).toBe('text');
      await client.pushAdd(KEY, both);
      expect(formatsSeen(server)).toEqual(['protobuf', 'text', 'text']);
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(
        expect.stringMatching(/refuses protobuf \(\d+: text only\), and takes the same as text/),
      );

      const later = performance.now() + HOUR_MS;
      now.mockImplementation(() => later);
      await client.push(KEY, both);
      refusal = 200;
      await client.push(KEY, both);
      expect(formatsSeen(server).slice(3)).toEqual(['protobuf', 'text', 'text']);
      now.mockImplementation(() => later + HOUR_MS);
      await client.push(KEY, both);
      await client.push(KEY, both);
      expect(formatsSeen(server).slice(6)).toEqual(['protobuf', 'protobuf']);
      expect(warn).toHaveBeenCalledTimes(1);
    },
  );

  it('stays protobuf where text is refused too: the fault is another one', async () => {
    const server = await startServer({
      answer: answers(
        () => [400, 'bad'],
        () => [400, 'bad as well'],
      ),
    });
    const client = clientOf(server, format);
    expect((await failureOf(client.push(KEY, both))).message).toContain('bad as well');
    await failureOf(client.push(KEY, both));
    expect(formatsSeen(server)).toEqual(['protobuf', 'text', 'protobuf', 'text']);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    [400, 'pushed metrics are invalid or inconsistent with existing metrics: ...'],
    [401, ''],
    [404, ''],
    [413, ''],
    [429, ''],
    [502, ''],
    [503, ''],
    [504, ''],
  ])('is not tried as text after %i %s, which text would get too', async (status, reason) => {
    const server = await startServer({ answer: answers(() => [status, reason]) });
    const error = await failureOf(clientOf(server, format).push(KEY, both));
    expect(error).toMatchObject({ code: 'ERR_GATEWAY_RESPONSE', status });
    expect(formatsSeen(server)).toEqual(['protobuf']);
  });

  it('is not tried as text after a source that failed', async () => {
    const server = await startServer();
    const gone = new Error('the store is away');
    const failing = { ...both, protobuf: () => endingWith(gone) };
    expect(await failureOf(clientOf(server, format).push(KEY, failing))).toBe(gone);
    expect(server.seen.filter(({ complete }) => complete)).toEqual([]);
    expect(formatsSeen(server)).not.toContain('text');
  });
});

async function* endingWith(error: Error): AsyncGenerator<{ bytes: Uint8Array }> {
  yield await Promise.resolve({ bytes: Buffer.from('some') });
  throw error;
}

it('format "protobuf" is never text, and a refusal says what it may be', async () => {
  const server = await startServer({ answer: answers(() => [415, 'text only']) });
  const error = await failureOf(clientOf(server, 'protobuf').push(KEY, both));
  expect(error).toMatchObject({ code: 'ERR_GATEWAY_RESPONSE', status: 415, reason: 'text only' });
  expect(error.message).toContain('pushgateway.format is "protobuf"');
  expect(formatsSeen(server)).toEqual(['protobuf']);
});

it('format "text" is never protobuf', async () => {
  const server = await startServer();
  await clientOf(server, 'text').push(KEY, both);
  expect(formatsSeen(server)).toEqual(['text']);
});

it('what is given as text is sent as text', async () => {
  const server = await startServer();
  await clientOf(server, 'protobuf').push(KEY, 'text');
  expect(formatsSeen(server)).toEqual(['text']);
});

it('asks for leave before the last bytes of each attempt', async () => {
  const server = await startServer({ answer: answers(() => [415]) });
  const beforeEnd = jest.fn(() => Promise.resolve());
  await clientOf(server).push(KEY, both, undefined, beforeEnd);
  expect(formatsSeen(server)).toEqual(['protobuf', 'text']);
  expect(beforeEnd).toHaveBeenCalledTimes(2);
});
