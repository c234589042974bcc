import { waitFor } from '../../support/wait-for.js';
import { clientOf, failureOf, fakeServers } from './support.js';

const startServer = fakeServers();
const PUT = { method: 'PUT', path: '/', expectContinue: true } as const;

/** A body that knows how often it was asked for. */
function countedBody(...chunks: string[]): { body: () => AsyncIterable<string>; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    async *body() {
      calls++;
      yield* chunks;
    },
  };
}

describe('with expectContinue', () => {
  it('a body is made and sent after 100 Continue, not before', async () => {
    const { body, calls } = countedBody('one ', 'two');
    let callsBefore: number | undefined;
    const server = await startServer({
      onExpect: (request, response, seen) => {
        callsBefore = calls();
        response.writeContinue();
        request.on('data', (chunk: Buffer) => (seen.body = Buffer.concat([seen.body, chunk])));
        request.on('end', () => response.end('taken'));
      },
    });
    await expect(clientOf(server.url).request({ ...PUT, body })).resolves.toMatchObject({ status: 200, body: 'taken' });
    expect(callsBefore).toBe(0);
    expect(server.seen[0]?.body.toString()).toBe('one two');
    expect(server.seen[0]?.headers).toMatchObject({ expect: '100-continue', 'transfer-encoding': 'chunked' });
    expect(calls()).toBe(1);
  });

  it('a Buffer has its length and is held back too: a server that has some of it owes no 100 Continue (RFC 9110, 10.1.1)', async () => {
    let early: Buffer | undefined;
    const server = await startServer({
      onExpect: (request, response, seen) => {
        request.on('data', (chunk: Buffer) => (seen.body = Buffer.concat([seen.body, chunk])));
        request.on('end', () => response.end());
        // Long enough for a body to come that was not held back: this one turn of the loop shows the failure.
        setTimeout(() => {
          early = seen.body;
          response.writeContinue();
        }, 50);
      },
    });
    await clientOf(server.url).request({ ...PUT, body: Buffer.from('text') });
    expect(early?.toString()).toBe('');
    expect(server.seen[0]?.body.toString()).toBe('text');
    expect(server.seen[0]?.headers).toMatchObject({ expect: '100-continue', 'content-length': '4' });
  });

  it.each(['time', 'signal'])(
    'the first byte of a Buffer goes when it is given up (%s), and nothing more',
    async (by) => {
      const giveUp = new AbortController();
      const server = await startServer({
        onExpect: (request, _response, seen) => {
          request.on('error', () => undefined);
          request.on('data', (chunk: Buffer) => (seen.body = Buffer.concat([seen.body, chunk])));
          if (by === 'signal') giveUp.abort();
        },
      });
      const client = clientOf(server.url, by === 'time' ? { timeoutMs: 200 } : {});
      const pushing = client.request({ ...PUT, body: Buffer.from('text'), signal: giveUp.signal });
      await expect(pushing).rejects.toMatchObject({ name: 'HttpTimeoutError' });
      await waitFor(() => server.sockets.size === 0, { message: 'the socket to close' });
      expect(server.seen.map(({ body }) => body.toString())).toEqual(['t']);
    },
  );

  it('an empty Buffer is sent at once, as no server asks for it', async () => {
    const server = await startServer();
    await clientOf(server.url).request({ ...PUT, body: Buffer.alloc(0) });
    expect(server.seen[0]?.headers).not.toHaveProperty('expect');
    expect(server.seen[0]?.headers).toHaveProperty('content-length', '0');
  });

  it('an early refusal is the answer; the body is never made and no socket is left', async () => {
    const server = await startServer({ onExpect: (_request, response) => response.writeHead(400).end('no') });
    const { body, calls } = countedBody('text');
    await expect(clientOf(server.url).request({ ...PUT, body })).resolves.toMatchObject({ status: 400, body: 'no' });
    await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
    expect(calls()).toBe(0);
  });

  it('a success without the body is none', async () => {
    const server = await startServer({ onExpect: (_request, response) => response.end() });
    const { body } = countedBody('text');
    await expect(clientOf(server.url).request({ ...PUT, body })).rejects.toMatchObject({
      name: 'HttpConnectionError',
      reason: 'BODY_NOT_TAKEN',
      message: `Pushgateway ${server.url} answered 200 before it had the request's body`,
    });
  });

  it('417 means again without it, and is remembered', async () => {
    const server = await startServer({ onExpect: (_request, response) => response.writeHead(417).end() });
    const client = clientOf(server.url);
    const { body, calls } = countedBody('text');
    await expect(client.request({ ...PUT, body })).resolves.toMatchObject({ status: 200 });
    await expect(client.request({ ...PUT, body })).resolves.toMatchObject({ status: 200 });
    expect(server.seen.map(({ headers }) => headers.expect)).toEqual(['100-continue', undefined, undefined]);
    expect(server.seen.map((seen) => seen.body.toString())).toEqual(['', 'text', 'text']);
    expect(calls()).toBe(2);
  });

  it('417 to a request without it is an answer like any other', async () => {
    const server = await startServer({ answer: (_request, response) => response.writeHead(417).end() });
    const request = { method: 'PUT', path: '/', body: Buffer.from('text') } as const;
    await expect(clientOf(server.url).request(request)).resolves.toMatchObject({ status: 417 });
    expect(server.seen).toHaveLength(1);
  });

  it('a server that never sends 100 Continue gets no body, and the time-out says what may help', async () => {
    const server = await startServer({ onExpect: () => undefined });
    const { body, calls } = countedBody('text');
    const error = await failureOf(clientOf(server.url, { timeoutMs: 150 }).request({ ...PUT, body }));
    expect(error).toMatchObject({
      name: 'HttpTimeoutError',
      message:
        `Pushgateway ${server.url} did not answer within 150 ms: it never sent 100 Continue. ` +
        'It is frozen, or a proxy before it does not know Expect: only then set pushgateway.expectContinue to false',
    });
    await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
    expect(calls()).toBe(0);
  });
});
