import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { PrometheusClient } from '../../../lib/prometheus/index.js';
import { clientOf, fakeServers } from './support.js';

jest.setTimeout(60_000);

const startServer = fakeServers();

const GET = { method: 'GET', path: '/' } as const;
const MIB = 1_024 * 1_024;

/** Answers without an end. Gives how much of it has been taken by whoever asked. */
async function startEndless(status: number): Promise<{ address: string; sent: () => number }> {
  const piece = Buffer.alloc(64 * 1_024, 'a');
  let sent = 0;
  const more = (response: ServerResponse): void => {
    while (!response.destroyed) {
      sent += piece.length;
      if (!response.write(piece)) break;
    }
    response.once('drain', () => {
      more(response);
    });
  };
  const { address } = await startServer({
    answer: (_request, response) => {
      response.writeHead(status);
      more(response);
    },
  });
  return { address, sent: () => sent };
}

describe('an answer without an end', () => {
  it('is an error after a mebibyte, and no more of it is read than sockets hold', async () => {
    const { address, sent } = await startEndless(200);
    await expect(clientOf(address).request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
      reason: 'ANSWER_TOO_LONG',
      message: `Pushgateway http://${address} answered with more than 1 MiB`,
    });
    expect(sent()).toBeLessThan(32 * MIB);
  });

  it('that refuses is cut: its beginning says why', async () => {
    const { address, sent } = await startEndless(400);
    const { status, body } = await clientOf(address).request(GET);
    expect({ status, length: body.length }).toEqual({ status: 400, length: MIB });
    expect(sent()).toBeLessThan(32 * MIB);
  });

  it('is as long as whoever asks allows', async () => {
    const { address } = await startEndless(200);
    await expect(clientOf(address).request({ ...GET, maxAnswerBytes: 3 * MIB })).rejects.toMatchObject({
      message: `Pushgateway http://${address} answered with more than 3 MiB`,
    });
  });

  it('to a query is an error too', async () => {
    const { address, sent } = await startEndless(200);
    await expect(new PrometheusClient({ host: address, timeoutMs: 30_000 }).query('up')).rejects.toMatchObject({
      reason: 'ANSWER_TOO_LONG',
    });
    expect(sent()).toBeLessThan(192 * MIB);
  });
});

it('a small answer that becomes a large one when it is decompressed is cut off as well', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * MIB));
  expect(bomb.length).toBeLessThan(MIB);
  const { address } = await startServer({
    answer: (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    },
  });
  await expect(clientOf(address).request(GET)).rejects.toMatchObject({ reason: 'ANSWER_TOO_LONG' });
});

it('a query may have 200,000 series', async () => {
  const series = (at: number): string =>
    JSON.stringify({
      metric: { __name__: 'orders_total', job: 'shop', instance: 'localhost', id: String(at), text: 'x'.repeat(250) },
      value: [1_800_000_000, '1'],
    });
  const { address } = await startServer({
    answer: (_request, response) => {
      response.write('{"status":"success","data":{"resultType":"vector","result":[');
      for (let thousand = 0; thousand < 200; thousand++) {
        const some = Array.from({ length: 1_000 }, (_, at) => series(thousand * 1_000 + at)).join(',');
        response.write(thousand === 0 ? some : `,${some}`);
      }
      response.end(']}}');
    },
  });
  const samples = await new PrometheusClient({ host: address, timeoutMs: 60_000 }).query('orders_total');
  expect(samples.length).toBe(200_000);
});
