import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { formatFamilies, formatMessages } from '../../lib/exposition/index.js';
import { type BothFormats, PushgatewayClient } from '../../lib/gateway/index.js';
import { gzippedMessages, plainMessages } from '../../lib/gateway/client/protobuf-body.js';
import { type FamilyChunk, type MetricDefinition, resolveDefinition, type Series } from '../../lib/model/index.js';
import { type RunningServer, startPushgateway } from '../support/servers.js';

const NOW = 1_790_000_000_000;
const KEY = { job: 'shop', instance: 'localhost' };

let server: RunningServer;
beforeAll(async () => {
  server = await startPushgateway();
});
afterAll(() => server.stop());

const family = (definition: MetricDefinition, chunk: readonly Series[]): FamilyChunk => ({
  definition: resolveDefinition(definition),
  chunk,
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function* pieces<Piece>(chunks: AsyncIterable<{ piece: Piece }>): AsyncGenerator<Piece> {
  for await (const { piece } of chunks) yield piece;
}

const bothOf = (families: readonly FamilyChunk[]): BothFormats => ({
  text: () => pieces(formatFamilies(each([families]), NOW)),
  protobuf: () => pieces(formatMessages(each([families]), NOW)),
});

/** What Prometheus reads, but for what the gateway tells of itself. */
async function shown(): Promise<string> {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  return page
    .split(/^(?=# HELP )/m)
    .filter((part) => !/^# HELP (go|process|push|pushgateway|promhttp)_/.test(part))
    .join('');
}

async function shownAfter(
  families: readonly FamilyChunk[],
  format: 'text' | 'protobuf',
  gzip: boolean,
): Promise<string> {
  const client = new PushgatewayClient({ host: server.address, format, gzip });
  await client.push(KEY, bothOf(families));
  return shown();
}

it('a gateway takes a family of many megabytes as one message', async () => {
  const pad = 'x'.repeat(90);
  const many = Array.from({ length: 50_000 }, (_, at): Series => ({ labels: `a="${pad}${at}"`, value: at }));
  const one: Series[] = [{ labels: '', value: 1 }];
  const all = [
    family({ name: 'a', help: 'First', type: 'gauge' }, one),
    family({ name: 'b', help: 'Many', type: 'counter' }, many),
    family({ name: 'c', help: 'Last', type: 'gauge' }, one),
  ];
  const text = await shownAfter(all, 'text', true);
  expect(text).toContain(`\nb{a="${pad}49999",instance="localhost",job="shop"} 49999\n`);
  expect((await shownAfter(all, 'protobuf', true)) === text).toBe(true);
});

describe('a cut body', () => {
  const some = Array.from({ length: 3_000 }, (_, at): Series => ({ labels: `a="some ${at}"`, value: at }));
  const all = [
    family({ name: 'a', help: 'First', type: 'gauge' }, [{ labels: '', value: 1 }]),
    family({ name: 'b', help: 'Some', type: 'counter' }, some),
    family({ name: 'c', help: 'Last', type: 'gauge' }, [{ labels: '', value: 1 }]),
  ];

  /** The parts that are sent. */
  async function partsOf(gzip: boolean): Promise<Buffer[]> {
    const { protobuf } = bothOf(all);
    if (!gzip) {
      // Each message by itself.
      const bodies = all.map((_, at) => plainMessages(bothOf(all.slice(at, at + 1)).protobuf, ''));
      return Promise.all(bodies);
    }
    const parts: Buffer[] = [];
    for await (const part of gzippedMessages(protobuf, '')()) parts.push(Buffer.from(part as Uint8Array));
    return parts;
  }

  /** Sends the beginning of a body and its end; resolves to what the gateway answers. */
  async function sendCut(body: Buffer, size: number, gzip: boolean, isChunked: boolean): Promise<number | undefined> {
    const outgoing = request(`${server.url}/metrics/job/cut`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
        ...(gzip && { 'content-encoding': 'gzip' }),
        ...(!isChunked && { 'content-length': body.length }),
      },
    });
    outgoing.on('error', () => undefined);
    outgoing.flushHeaders();
    const [socket] = (await once(outgoing, 'socket')) as [Socket];
    await new Promise((resolve) => outgoing.write(body.subarray(0, size), resolve));
    // Half closed: the gateway reads what there is, then the end, and answers.
    const answered = once(outgoing, 'response');
    socket.end();
    const [answer] = (await answered) as [IncomingMessage];
    answer.resume();
    await once(answer, 'close');
    return answer.statusCode;
  }

  it.each([
    { gzip: true, isChunked: true },
    { gzip: true, isChunked: false },
    { gzip: false, isChunked: true },
    { gzip: false, isChunked: false },
  ])('leaves a group as it was, wherever it is cut (%j)', async ({ gzip, isChunked }) => {
    const client = new PushgatewayClient({ host: server.address });
    await client.push({ job: 'cut' }, '# HELP kept Kept\n# TYPE kept counter\nkept 7\n');
    const parts = await partsOf(gzip);
    const body = Buffer.concat(parts);
    const borders = parts.reduce((ends, part) => [...ends, (ends.at(-1) ?? 0) + part.length], [0]);
    const cuts = new Set([...borders.flatMap((at) => [at - 1, at, at + 1, at + 2]), 5, 10, 11, 20, 1_000]);
    for (const size of cuts) {
      if (size < 0 || size >= body.length) continue;
      expect([size, await sendCut(body, size, gzip, isChunked)]).toEqual([size, 400]);
    }
    const lines = (await shown()).split('\n').filter((line) => line.includes('job="cut"'));
    expect(lines).toEqual(['kept{instance="",job="cut"} 7']);
  });
});
