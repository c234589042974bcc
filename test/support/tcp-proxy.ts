import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** What a watcher is told, before it happens. */
export interface Traffic {
  /** Name of the entrance that the client came in by. */
  readonly from: string;
  /** The same object for all traffic of a connection. */
  readonly connection: Connection;
  /** A connection was accepted; the client sent bytes; the server sent bytes. */
  readonly kind: 'accepted' | 'sent' | 'received';
  readonly bytes: Buffer;
}

export interface Connection {
  /** Closes both ends. What was passed on before still arrives at the server. */
  break(): void;
}

/** `passing` bytes of this piece pass, nothing of its connection ever after in either direction; then `then` is called. */
export interface Stop {
  readonly passing: number;
  readonly then?: () => void;
}

/** This piece passes this much later. */
export interface Delay {
  readonly delayMs: number;
}

/** Told of all traffic. `undefined` lets it pass. */
export type Watcher = (traffic: Traffic) => Stop | Delay | undefined;

/**
 * The network before one server on loopback: passes bytes on, and can be cut, refuse connections, be slow for some, or
 * watched. Each client has an entrance, a port of its own, by which it is told from others.
 */
export class TcpProxy {
  readonly #entrances = new Map<string, { port: number; listener: Server }>();
  readonly #delays = new Map<string, number>();
  readonly #links = new Set<Link>();
  readonly #watchers = new Set<Watcher>();
  #isCut = false;
  #isRefusing = false;

  constructor(private targetPort: number) {}

  /** Open connections of clients. */
  get connections(): number {
    return [...this.#links].filter(({ client }) => !client.destroyed).length;
  }

  /** The port of this client's entrance. */
  async entrance(from: string): Promise<number> {
    const known = this.#entrances.get(from);
    if (known) return known.port;
    const listener = createServer({ noDelay: true }, (client) => {
      this.#accept(new Link(from, client));
    });
    const entrance = { port: await freePort(), listener };
    this.#entrances.set(from, entrance);
    if (!this.#isRefusing) await listen(entrance);
    return entrance.port;
  }

  /** Nothing gets through and nobody is told. What was under way arrives when the network is mended, as it does in TCP. */
  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
    for (const { waiting } of this.#links) for (const deliver of waiting.splice(0)) deliver();
  }

  /** New connections are refused, as by a machine on which nobody listens. */
  refuse(): void {
    if (this.#isRefusing) return;
    this.#isRefusing = true;
    for (const { listener } of this.#entrances.values()) listener.close();
  }

  /** Listens again after {@link refuse}. */
  async accept(): Promise<void> {
    if (!this.#isRefusing) return;
    this.#isRefusing = false;
    await Promise.all([...this.#entrances.values()].map(listen));
  }

  /** Closes every connection. */
  breakAll(): void {
    for (const link of this.#links) link.break();
  }

  /** New connections go to another port; open ones stay where they are, as behind a DNS name that changes. */
  retarget(port: number): void {
    this.targetPort = port;
  }

  /** All that this client gets from the server comes this much later. */
  slow(from: string, delayMs: number): void {
    this.#delays.set(from, delayMs);
  }

  /** @returns what ends the watching. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Refuses connections and closes those that are open. */
  close(): void {
    this.refuse();
    this.breakAll();
  }

  #accept(link: Link): void {
    const { client } = link;
    this.#links.add(link);
    client.on('error', () => undefined);
    client.on('data', (bytes) => {
      this.#pass(link, 'sent', bytes);
    });
    // Its connection ends at the server too, once the network lets that through.
    client.once('close', () => {
      this.#deliver(link, 'sent', () => {
        link.server?.end();
        this.#links.delete(link);
      });
    });
    this.#ask(link, 'accepted', Buffer.alloc(0));
    this.#deliver(link, 'sent', () => {
      this.#connect(link);
    });
  }

  #connect(link: Link): void {
    if (link.client.destroyed || link.isStopped) return;
    const server = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    link.server = server;
    server.on('error', () => link.client.resetAndDestroy());
    server.on('data', (bytes) => {
      this.#pass(link, 'received', bytes);
    });
    server.once('close', () => {
      if (!link.isStopped) this.#deliver(link, 'received', () => link.client.end(), this.#delays.get(link.from));
    });
  }

  #pass(link: Link, kind: 'sent' | 'received', bytes: Buffer): void {
    if (link.isStopped) return;
    const { passing, delayMs } = this.#ask(link, kind, bytes);
    const write = kind === 'sent' ? () => link.server?.write(passing) : () => link.client.write(passing);
    this.#deliver(link, kind, write, delayMs);
  }

  /** What may pass, and when. Whoever stops the traffic is called once that is on its way. */
  #ask(link: Link, kind: Traffic['kind'], bytes: Buffer): { passing: Buffer; delayMs: number } {
    let delayMs = kind === 'received' ? (this.#delays.get(link.from) ?? 0) : 0;
    for (const watcher of this.#watchers) {
      const verdict = watcher({ from: link.from, connection: link, kind, bytes });
      if (!verdict) continue;
      if ('delayMs' in verdict) {
        delayMs += verdict.delayMs;
        continue;
      }
      link.isStopped = true;
      if (verdict.then) setImmediate(verdict.then);
      return { passing: bytes.subarray(0, verdict.passing), delayMs };
    }
    return { passing: bytes, delayMs };
  }

  /** In its order, as in TCP: what is sent when the network is fast again comes after what is still on its way. */
  #deliver(link: Link, way: 'sent' | 'received', act: () => void, delayMs = 0): void {
    const deliver = (): void => {
      if (this.#isCut) link.waiting.push(act);
      else act();
    };
    if (delayMs === 0 && link.late[way] === undefined) {
      deliver();
      return;
    }
    const due = wait(delayMs, undefined, { ref: false });
    const delivered = Promise.all([due, link.late[way]]).then(() => {
      deliver();
      if (link.late[way] === delivered) link.late[way] = undefined;
    });
    link.late[way] = delivered;
  }
}

/** One connection of a client and its continuation to the server. */
class Link implements Connection {
  server: Socket | undefined;
  isStopped = false;
  /** What a cut network has yet to deliver. */
  readonly waiting: (() => void)[] = [];
  /** Resolves when all that is late has been delivered; undefined if nothing is. */
  readonly late: { sent?: Promise<void> | undefined; received?: Promise<void> | undefined } = {};

  constructor(
    readonly from: string,
    readonly client: Socket,
  ) {}

  break(): void {
    this.client.destroy();
    this.server?.destroySoon();
  }
}

async function listen({ port, listener }: { port: number; listener: Server }): Promise<void> {
  await once(listener.listen(port, '127.0.0.1'), 'listening');
}
