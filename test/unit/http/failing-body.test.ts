import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../../support/wait-for.js';
import { clientOf, failureOf, fakeServers } from './support.js';

const startServer = fakeServers();

describe.each([true, false])('a body that fails midway (expectContinue: %s)', (expectContinue) => {
  const PUT = { method: 'PUT', path: '/', expectContinue } as const;

  it('rejects with its own error, and the server never sees a whole body', async () => {
    const server = await startServer();
    const original = new Error('the store went away');
    const error = await failureOf(
      clientOf(server.url).request({
        ...PUT,
        async *body() {
          yield 'first half\n';
          await waitFor(() => server.seen[0]?.body.length, { message: 'the first half to arrive' });
          throw original;
        },
      }),
    );
    expect(error).toBe(original);
    await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
    expect(server.seen).toMatchObject([{ complete: false }]);
  });

  it('may fail before its first byte', async () => {
    const server = await startServer();
    const original = new Error('no store');
    const request = clientOf(server.url).request({
      ...PUT,
      // eslint-disable-next-line require-yield -- as a generator that fails at once
      async *body() {
        throw original;
      },
    });
    expect(await failureOf(request)).toBe(original);
    expect(server.seen.some(({ complete }) => complete)).toBe(false);
  });
});

describe('a body that is still being made when the time is up', () => {
  it.each(['in a generator', 'in one piece'])(
    'by a process that was frozen meanwhile is not finished: %s',
    async (made) => {
      const server = await startServer();
      // As after a thaw: the code goes on where it was, and only then timers have their turn.
      const freeze = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      const request = clientOf(server.url, { timeoutMs: 200 }).request({
        method: 'PUT',
        path: '/',
        async *body() {
          if (made === 'in a generator') yield 'first half\n';
          freeze();
          yield 'second half\n';
        },
      });
      expect(await failureOf(request)).toMatchObject({ code: 'ERR_HTTP_TIMEOUT' });
      await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
      expect(server.seen.some(({ complete, body }) => complete || body.includes('second half'))).toBe(false);
    },
  );

  it('is not waited for, stays incomplete, and its own failure later on goes nowhere', async () => {
    const server = await startServer();
    let fail: (reason: Error) => void = () => undefined;
    const stuck = new Promise<string>((_resolve, reject) => (fail = reject));
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): unknown => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const request = clientOf(server.url, { timeoutMs: 200 }).request({
      method: 'PUT',
      path: '/',
      expectContinue: true,
      async *body() {
        yield 'first half\n';
        yield await stuck;
      },
    });
    await expect(request).rejects.toMatchObject({
      name: 'HttpTimeoutError',
      message: `Pushgateway ${server.url} did not get the whole request within 200 ms`,
    });
    await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(server.seen).toMatchObject([{ complete: false }]);
    expect(unhandled).toEqual([]);
  });

  it('is told to stop when an answer came before its end', async () => {
    const server = await startServer({
      onExpect: (request, response) => {
        response.writeContinue();
        request.once('data', () => response.writeHead(413).end('too large'));
      },
    });
    let stopped = false;
    const response = await clientOf(server.url).request({
      method: 'PUT',
      path: '/',
      expectContinue: true,
      async *body() {
        try {
          for (;;) {
            yield 'x'.repeat(1_000);
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          stopped = true;
        }
      },
    });
    expect(response).toMatchObject({ status: 413, body: 'too large' });
    await waitFor(() => stopped, { message: 'the body to stop', timeoutMs: 2_000 });
  });

  it('leaves no connection to a server that answered and reads no more', async () => {
    let ended = (): unknown => undefined;
    const server = createServer((socket) => {
      ended = () => socket.destroy();
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.pause().write('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const connections = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = connections();
    const { port } = server.address() as AddressInfo;
    const response = await clientOf(`127.0.0.1:${port}`).request({
      method: 'PUT',
      path: '/',
      async *body() {
        for (;;) yield await Promise.resolve('x'.repeat(100_000));
      },
    });
    expect(response.status).toBe(413);
    // The server's end of it stays, as it reads no more.
    await waitFor(() => connections() <= before + 1, { message: 'our end to close', timeoutMs: 2_000 });
    ended();
    server.close();
  });
});

describe('what may still end a body before its end', () => {
  it.each([
    ['made while it is sent', () => (['one ', 'two ', 'three'] as const).values(), 'one two '],
    ['of one piece', () => Buffer.from('text'), 't'],
  ])('is asked when all but its last bytes has gone: %s', async (_, make, before) => {
    const server = await startServer();
    const made = make();
    const body = Buffer.isBuffer(made)
      ? made
      : async function* () {
          yield* made;
        };
    const lost = new Error('the turn is lost');
    let arrived = '';
    const request = clientOf(server.url).request({
      method: 'PUT',
      path: '/',
      body,
      beforeEnd: async () => {
        await waitFor(() => server.seen[0]?.body.toString() === before, { message: 'all but the end to arrive' });
        arrived = before;
        throw lost;
      },
    });
    expect(await failureOf(request)).toBe(lost);
    await waitFor(() => server.sockets.size === 0, { message: 'the socket to close', timeoutMs: 2_000 });
    expect(arrived).toBe(before);
    expect(server.seen).toMatchObject([{ complete: false }]);
    expect(server.seen[0]?.body.toString()).toBe(before);
  });
});
