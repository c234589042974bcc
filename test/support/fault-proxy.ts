import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

import { freePort } from './free-port.js';

/**
 * What a proxy can do to a request, that is to what a client sends at once:
 * - `drop reply`: the server gets it and answers; the answer is swallowed and the connection cut
 * - `cut request`: the server gets the first half of its bytes, then the connection is cut
 * - `delay`: request and answer are held back for `delayMs` each
 * - `silence`: from here on nothing is forwarded in either direction, and nobody closes
 * - `half-open`: of a new connection, which is accepted: nothing is ever forwarded, and nobody closes
 */
export type Fault = 'drop reply' | 'cut request' | 'delay' | 'silence' | 'half-open';

export const FAULTS: readonly Fault[] = ['drop reply', 'cut request', 'delay', 'silence', 'half-open'];

export interface Storm {
  /** The same seed draws the same numbers; whom they hit depends on what arrives when. */
  readonly seed: number;
  /** How likely a request (or a new connection, for `half-open`) meets a fault. */
  readonly rate: number;
  /** Default: all. */
  readonly faults?: readonly Fault[];
}

/** A TCP proxy on a free loopback port that harms what goes through it. */
export class FaultProxy {
  readonly host = '127.0.0.1';
  /** Faults done so far. */
  readonly done: Record<Fault, number> = { 'drop reply': 0, 'cut request': 0, delay: 0, silence: 0, 'half-open': 0 };
  readonly delayMs: number;
  #target: number;
  #server: Server | undefined;
  readonly #links = new Set<Link>();
  readonly #next: Fault[] = [];
  #draw: ((isNew: boolean) => Fault | undefined) | undefined;

  private constructor(
    readonly port: number,
    target: number,
    delayMs: number,
  ) {
    this.#target = target;
    this.delayMs = delayMs;
  }

  /** Forwards to a loopback port, faithfully until told otherwise. */
  static async start(target: number, { delayMs = 20 }: { delayMs?: number } = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(await freePort(), target, delayMs);
    await proxy.accept();
    return proxy;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get faults(): number {
    return Object.values(this.done).reduce((sum, count) => sum + count, 0);
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.#links.size;
  }

  /** The next requests, on whatever connection, meet these faults; `half-open` waits for the next connection. */
  inject(...faults: Fault[]): void {
    this.#next.push(...faults);
  }

  /** Random faults from now on. */
  storm({ seed, rate, faults = FAULTS }: Storm): void {
    const random = randomNumbers(seed);
    const [ofNew, ofRequests] = [faults.filter(isOfNew), faults.filter((fault) => !isOfNew(fault))];
    this.#draw = (isNew) => {
      const from = isNew ? ofNew : ofRequests;
      return random() < rate ? from[Math.floor(random() * from.length)] : undefined;
    };
  }

  /** No more random faults. Connections that were silenced stay so. */
  calm(): void {
    this.#draw = undefined;
  }

  /** New connections go to another port; open ones stay where they are, as behind a DNS name that changes. */
  retarget(port: number): void {
    this.#target = port;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Nobody listens any more, and connections are cut: new ones are refused. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  /** Listens again after {@link refuse}. */
  async accept(): Promise<void> {
    this.#server = createServer((client) => {
      this.#link(client);
    });
    this.#server.listen(this.port, this.host);
    await once(this.#server, 'listening');
  }

  stop(): Promise<void> {
    return this.refuse();
  }

  #link(client: Socket): void {
    const isSilent = this.#fault(true) !== undefined;
    const link = new Link(client, connect(this.#target, this.host), this.delayMs, isSilent, () => this.#fault(false));
    this.#links.add(link);
    client.once('close', () => this.#links.delete(link));
  }

  #fault(isNew: boolean): Fault | undefined {
    const at = this.#next.findIndex((fault) => isOfNew(fault) === isNew);
    const fault = at >= 0 ? this.#next.splice(at, 1)[0] : this.#draw?.(isNew);
    if (fault !== undefined) this.done[fault] += 1;
    return fault;
  }
}

/** One connection of a client and its continuation to the server. */
class Link {
  #toServer = Promise.resolve();
  #toClient = Promise.resolve();
  #swallows = false;
  #answerDelayMs = 0;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly delayMs: number,
    private isSilent: boolean,
    private readonly draw: () => Fault | undefined,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // What broke is closed next.
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes) => {
      this.#toServer = this.#toServer.then(() => this.#request(bytes));
    });
    server.on('data', (bytes) => {
      this.#toClient = this.#toClient.then(() => this.#answer(bytes));
    });
    client.once('close', () => {
      server.destroy();
    });
    server.once('close', () => {
      if (!this.isSilent) client.destroy();
    });
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  async #request(bytes: Buffer): Promise<void> {
    if (this.isSilent || this.#swallows) return;
    switch (this.draw()) {
      case 'drop reply':
        this.#swallows = true;
        break;
      case 'cut request':
        await this.#write(this.server, bytes.subarray(0, bytes.length >> 1));
        this.cut();
        return;
      case 'delay':
        this.#answerDelayMs = this.delayMs;
        await wait(this.delayMs);
        break;
      case 'silence':
        this.isSilent = true;
        return;
      default:
    }
    await this.#write(this.server, bytes);
  }

  async #answer(bytes: Buffer): Promise<void> {
    if (this.#swallows) this.cut();
    if (this.isSilent || this.#swallows) return;
    if (this.#answerDelayMs > 0) {
      await wait(this.#answerDelayMs);
      this.#answerDelayMs = 0;
    }
    await this.#write(this.client, bytes);
  }

  /** Resolves when the bytes are on their way, or never will be. */
  #write(socket: Socket, bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      socket.write(bytes, () => {
        resolve();
      });
    });
  }
}

function isOfNew(fault: Fault): boolean {
  return fault === 'half-open';
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Numbers from 0 to below 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
