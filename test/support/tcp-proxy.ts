import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** What a watcher is told, before it happens. */
export interface Traffic {
  /** Name of the entrance that the client came in by. */
  readonly from: string;
  /** A connection was accepted; the client sent bytes; the server sent bytes. */
  readonly kind: 'accepted' | 'sent' | 'received';
  readonly bytes: Buffer;
}

/**
 * Told of all traffic. `undefined` lets it pass; a `stop` lets so many bytes of this piece pass, nothing of its connection
 * ever after in either direction, and then calls back.
 */
export type Watcher = (traffic: Traffic) => { readonly passing: number; readonly then: () => void } | undefined;

interface Link {
  readonly from: string;
  readonly client: Socket;
  server: Socket | undefined;
  isStopped: boolean;
  /** What a cut network has yet to deliver. */
  readonly waiting: (() => void)[];
  /** Resolves when all that is late has been delivered; undefined if nothing is. */
  late: Promise<void> | undefined;
}

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

  constructor(private readonly targetPort: number) {}

  /** The port of this client's entrance. */
  async entrance(from: string): Promise<number> {
    const known = this.#entrances.get(from);
    if (known) return known.port;
    const listener = createServer((client) => {
      this.#accept(from, client);
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
  async refuse(): Promise<void> {
    if (this.#isRefusing) return;
    this.#isRefusing = true;
    for (const { listener } of this.#entrances.values()) listener.close();
    await Promise.resolve();
  }

  async accept(): Promise<void> {
    if (!this.#isRefusing) return;
    this.#isRefusing = false;
    await Promise.all([...this.#entrances.values()].map(listen));
  }

  /** All that this client gets from the server comes so much later. */
  slow(from: string, delayMs: number): void {
    this.#delays.set(from, delayMs);
  }

  /** @returns what ends the watching. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    await this.refuse();
    for (const { client, server } of this.#links) {
      client.destroy();
      server?.destroy();
    }
  }

  #accept(from: string, client: Socket): void {
    const link: Link = { from, client, server: undefined, isStopped: false, waiting: [], late: undefined };
    this.#links.add(link);
    client.on('error', () => undefined);
    client.on('data', (bytes) => {
      this.#pass(link, 'sent', bytes);
    });
    client.once('close', () => {
      this.#leave(link);
    });
    this.#ask(link, 'accepted', Buffer.alloc(0));
    this.#deliver(link, () => {
      this.#connect(link);
    });
  }

  #connect(link: Link): void {
    if (link.client.destroyed || link.isStopped) return;
    const server = connect(this.targetPort, '127.0.0.1');
    link.server = server;
    server.on('error', () => link.client.resetAndDestroy());
    server.on('data', (bytes) => {
      this.#pass(link, 'received', bytes);
    });
    server.once('close', () => {
      const delayMs = this.#delays.get(link.from) ?? 0;
      this.#deliverLater(link, () => link.client.end(), delayMs);
    });
  }

  #pass(link: Link, kind: 'sent' | 'received', bytes: Buffer): void {
    if (link.isStopped) return;
    const passing = this.#ask(link, kind, bytes);
    if (kind === 'sent') this.#deliver(link, () => link.server?.write(passing));
    else this.#deliverLater(link, () => link.client.write(passing), this.#delays.get(link.from) ?? 0);
  }

  /** What may pass. Whoever stops the traffic is called once that is on its way. */
  #ask(link: Link, kind: Traffic['kind'], bytes: Buffer): Buffer {
    for (const watcher of this.#watchers) {
      const stop = watcher({ from: link.from, kind, bytes });
      if (!stop) continue;
      link.isStopped = true;
      setImmediate(stop.then);
      return bytes.subarray(0, stop.passing);
    }
    return bytes;
  }

  #deliver(link: Link, act: () => void): void {
    if (this.#isCut) link.waiting.push(act);
    else act();
  }

  /** In its order, as in TCP: what is sent when the network is fast again comes after what is still on its way. */
  #deliverLater(link: Link, act: () => void, delayMs: number): void {
    if (delayMs === 0 && link.late === undefined) {
      this.#deliver(link, act);
      return;
    }
    const due = wait(delayMs, undefined, { ref: false });
    const delivered = Promise.all([due, link.late]).then(() => {
      this.#deliver(link, act);
      if (link.late === delivered) link.late = undefined;
    });
    link.late = delivered;
  }

  /** The client is gone. Its connection ends at the server too, once the network lets that through. */
  #leave(link: Link): void {
    this.#deliver(link, () => {
      link.server?.end();
      this.#links.delete(link);
    });
  }
}

async function listen({ port, listener }: { port: number; listener: Server }): Promise<void> {
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
}
