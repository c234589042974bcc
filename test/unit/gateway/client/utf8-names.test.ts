import { gunzipSync } from 'node:zlib';
import type { MessagePiece } from '../../../../lib/model/index.js';
import { PushgatewayClient } from '../../../../lib/gateway/index.js';
import type { Answer } from '../../http/fake-server.js';
import { failureOf, fakeServers } from '../../http/support.js';

const startServer = fakeServers();
const KEY = { job: 'shop', instance: 'localhost' };
const FLAG = 'push.enable-utf8-names';
const TEXT = '# TYPE "orders.total" counter\n{"orders.total"} 3\n';
const MESSAGES: MessagePiece = { bytes: Buffer.from('messages') };
async function* piecesOf<Piece>(piece: Piece): AsyncGenerator<Piece> {
  yield await Promise.resolve(piece);
}
const both = (utf8Name?: string) => ({
  text: () => piecesOf(TEXT),
  protobuf: () => piecesOf(MESSAGES),
  ...(utf8Name !== undefined && { utf8Name }),
});

/** Answers as a Pushgateway with these flags does; without any it does not show them. */
const gateway =
  (flags?: Record<string, string>, pushAnswer: [status: number, body: string] = [200, '']): Answer =>
  ({ method }, response) => {
    if (method !== 'GET') return response.writeHead(pushAnswer[0]).end(pushAnswer[1]);
    if (flags === undefined) return response.writeHead(403).end('pushes only');
    const data = { build_information: { version: '1.11.2' }, flags, start_time: '2026-11-26T00:00:00Z' };
    return response.writeHead(200).end(JSON.stringify({ status: 'success', data }));
  };

describe('a push of names in UTF-8', () => {
  it('goes as protobuf to a gateway that was asked and takes them', async () => {
    const server = await startServer({ answer: gateway({ [FLAG]: 'true' }) });
    await new PushgatewayClient({ host: server.url }).push(KEY, both('orders.total'));
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(gunzipSync(server.seen[1]?.body as Buffer).toString()).toBe('messages');
  });

  it.each([{ [FLAG]: 'false' }, {}])('is not sent to a gateway that does not take them: %j', async (flags) => {
    const server = await startServer({ answer: gateway(flags) });
    const error = await failureOf(new PushgatewayClient({ host: server.url }).push(KEY, both('orders.total')));
    expect(error).toMatchObject({
      code: 'ERR_GATEWAY_RESPONSE',
      reason:
        'it takes no names in UTF-8, such as "orders.total": start it with --push.enable-utf8-names (Pushgateway 1.11 or later), ' +
        'or take letters, digits and "_" for the name',
    });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('goes as text where nobody can tell: the gateway refuses them if it has to', async () => {
    const refusal = 'text format parsing error in line 1: invalid metric name in comment';
    const server = await startServer({ answer: gateway(undefined, [400, refusal]) });
    const error = await failureOf(new PushgatewayClient({ host: server.url }).push(KEY, both('orders.total')));
    expect(error).toMatchObject({
      code: 'ERR_GATEWAY_RESPONSE',
      status: 400,
      reason: refusal,
      message: expect.stringContaining('(of "orders.total"? start it with --push.enable-utf8-names') as string,
    });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(gunzipSync(server.seen[1]?.body as Buffer).toString()).toBe(TEXT);
  });

  it('asks nobody if all names are classic', async () => {
    const server = await startServer({ answer: gateway() });
    await new PushgatewayClient({ host: server.url }).push(KEY, both());
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT']);
  });
});

describe('a grouping label in UTF-8', () => {
  const client = (host: string): PushgatewayClient => new PushgatewayClient({ host, utf8Names: true });

  it('is refused unless the option allows it', async () => {
    const server = await startServer({ answer: gateway({ [FLAG]: 'true' }) });
    const plain = new PushgatewayClient({ host: server.url });
    const error = await failureOf(plain.push({ job: 'shop', 'a.b': 'x' }, TEXT));
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION' });
    expect(server.seen).toEqual([]);
  });

  it('goes as it is, or escaped if a gateway would split it', async () => {
    const server = await startServer({ answer: gateway({ [FLAG]: 'true' }) });
    await client(server.url).push({ job: 'shop', 'a.b': 'x' }, TEXT);
    await client(server.url).push({ job: 'shop', 'a/b': 'x' }, TEXT);
    expect(server.seen.filter(({ method }) => method === 'PUT').map(({ url }) => url)).toEqual([
      '/metrics/job/shop/a.b/x',
      '/metrics/job/shop/U__a_2f_b/x',
    ]);
  });

  it('that has to be escaped is sent only if it is sure to be understood', async () => {
    const server = await startServer({ answer: gateway() });
    const error = await failureOf(client(server.url).push({ job: 'shop', 'a/b': 'x' }, TEXT));
    expect(error).toMatchObject({
      code: 'ERR_GATEWAY_RESPONSE',
      reason:
        'it does not show its flags (/api/v1/status), and without --push.enable-utf8-names it would take "a/b" for another grouping label',
    });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });
});
