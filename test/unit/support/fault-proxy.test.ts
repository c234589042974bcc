import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FaultProxy, FAULTS, freePort } from '../../support/servers.js';
import { randomNumbers } from '../../support/random-numbers.js';
import { waitFor } from '../../support/wait-for.js';

/** Notes what arrives, and answers each message with itself in capitals. */
class Echo {
  readonly received: string[] = [];
  readonly sockets = new Set<Socket>();
  closed = 0;
  readonly #server: Server;

  constructor(readonly port: number) {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('data', (bytes) => {
        this.received.push(bytes.toString());
        socket.write(bytes.toString().toUpperCase());
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.closed += 1;
      });
    });
  }

  static async start(): Promise<Echo> {
    const echo = new Echo(await freePort());
    await once(echo.#server.listen(echo.port, '127.0.0.1'), 'listening');
    return echo;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await once(this.#server.close(), 'close');
  }
}

/** A client that notes what it gets. */
class Client {
  received = '';
  isClosed = false;
  error: string | undefined;
  readonly #socket: Socket;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (bytes) => (this.received += bytes.toString()));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    this.#socket.on('close', () => (this.isClosed = true));
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async answered(text: string): Promise<void> {
    await waitFor(() => this.received === text, { intervalMs: 2, message: `the answer ${text}` });
  }

  async closed(): Promise<void> {
    await waitFor(() => this.isClosed, { intervalMs: 2, message: 'the end of the connection' });
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

let echo: Echo;
let proxy: FaultProxy;
const clients: Client[] = [];

beforeEach(async () => {
  echo = await Echo.start();
  proxy = await FaultProxy.start(echo.port, { delayMs: 30 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  proxy.close();
  await echo.stop();
});

function client(): Client {
  const opened = new Client(proxy.port);
  clients.push(opened);
  return opened;
}

describe('FaultProxy', () => {
  it('forwards both ways, in order, until told otherwise', async () => {
    const one = client();
    for (const text of ['a', 'b', 'c']) one.send(text);
    await one.answered('ABC');
    expect(echo.received.join('')).toBe('abc');
    expect(proxy.faults).toBe(0);
    one.destroy();
    await waitFor(() => echo.closed === 1, { message: 'the server to see the end' });
    expect(proxy.connections).toBe(0);
  });

  it('drops a reply: the server has got the request, the client gets nothing and is cut', async () => {
    const one = client();
    proxy.inject('drop reply');
    one.send('hello');
    await one.closed();
    expect(echo.received).toEqual(['hello']);
    expect(one.received).toBe('');
    const two = client();
    two.send('again');
    await two.answered('AGAIN');
    expect(proxy.done).toMatchObject({ 'drop reply': 1 });
  });

  it('cuts a request: the server gets half of it', async () => {
    const one = client();
    proxy.inject('cut request');
    one.send('12345678');
    await one.closed();
    await waitFor(() => echo.received.length > 0 && echo.closed === 1, { message: 'half a request and the end' });
    expect(echo.received).toEqual(['1234']);
  });

  it('delays request and answer, and keeps their order', async () => {
    const one = client();
    proxy.inject('delay');
    const start = performance.now();
    one.send('slow');
    await waitFor(() => proxy.faults === 1, { intervalMs: 1 });
    one.send('fast');
    await waitFor(() => one.received === 'SLOWFAST', { intervalMs: 1 });
    // Timers may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(2 * 30 - 3);
  });

  it('silences a connection without closing it; others go on', async () => {
    const one = client();
    one.send('a');
    await one.answered('A');
    proxy.inject('silence');
    one.send('b');
    await waitFor(() => proxy.faults === 1, { intervalMs: 2 });
    one.send('c');
    for (const socket of echo.sockets) socket.write('unasked');
    const two = client();
    two.send('d');
    await two.answered('D');
    expect(echo.received).toEqual(['a', 'd']);
    expect([one.received, one.isClosed]).toEqual(['A', false]);
  });

  it('accepts a connection and never does anything with it', async () => {
    proxy.inject('half-open');
    const one = client();
    one.send('a');
    await waitFor(() => proxy.done['half-open'] === 1, { intervalMs: 2 });
    const two = client();
    two.send('b');
    await two.answered('B');
    expect(echo.received).toEqual(['b']);
    expect([one.received, one.isClosed]).toEqual(['', false]);
  });

  it('refuses connections, and accepts them again', async () => {
    const one = client();
    one.send('a');
    await one.answered('A');
    proxy.close();
    await one.closed();
    const two = client();
    await two.closed();
    expect(two.error).toBe('ECONNREFUSED');
    await proxy.accept();
    const three = client();
    three.send('c');
    await three.answered('C');
  });

  it('sends new connections elsewhere, and leaves open ones', async () => {
    const other = await Echo.start();
    try {
      const one = client();
      one.send('a');
      await one.answered('A');
      proxy.retarget(other.port);
      const two = client();
      two.send('b');
      await two.answered('B');
      one.send('c');
      await one.answered('AC');
      expect([echo.received, other.received]).toEqual([['a', 'c'], ['b']]);
    } finally {
      proxy.breakAll();
      await other.stop();
    }
  });

  it('storms with every kind of fault, and calms down', async () => {
    proxy.storm({ seed: 1, rate: 0.5 });
    await waitFor(
      () => {
        const one = client();
        one.send('message');
        return FAULTS.every((fault) => proxy.done[fault] > 0);
      },
      { intervalMs: 2, message: 'each kind of fault' },
    );
    proxy.calm();
    const faults = proxy.faults;
    const two = client();
    two.send('calm');
    await two.answered('CALM');
    expect(proxy.faults).toBe(faults);
  });
});

describe('randomNumbers', () => {
  it('draws the same numbers from the same seed, spread from 0 to 1', () => {
    const draw = (seed: number): number[] => Array.from({ length: 1_000 }, randomNumbers(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const numbers = draw(7);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });
});
