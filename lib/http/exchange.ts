import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { plainRequest } from './plain-request.js';
import type { RequestBody } from './request-body.js';
import type { RequestTime } from './request-time.js';

/** How long the system may need to take one byte. */
const SPOIL_MS = 200;

/** The part of `node:http` and `node:https` that sends. */
interface Sender {
  readonly request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
}

/**
 * How far a request went: no connection yet; connected, the body held until the server asks for it; the body being made
 * and sent; all of it sent, or about to be.
 */
export type Stage = 'opening' | 'held' | 'sending' | 'sent';

/** One request on its way: holds its body back until the server asks for it, and knows how far things went. */
export class Exchange {
  /** The body as axios takes it. Nothing of it is produced before it may be sent. */
  readonly upload: Readable | undefined;

  #stage: Exclude<Stage, 'opening'> = 'held';
  #sourceFailure: { readonly error: unknown } | undefined;
  #request: ClientRequest | undefined;
  #isSpoilt = false;
  #release: (send: boolean) => void = () => undefined;

  /**
   * @param hold Send the body only after `100 Continue`.
   * @param time When the client gives up. From then on nothing of the body goes out, also not from a process that was frozen: it
   * goes on where it was, and its timers come after. In a suspended machine that clock may stand still: then only `beforeEnd`
   * can tell.
   * @param beforeEnd Called before the last bytes go: what it throws is a failure of the source.
   */
  constructor(
    private readonly body: Buffer | RequestBody | undefined,
    hold: boolean,
    private readonly time: Pick<RequestTime, 'isOver'>,
    private readonly beforeEnd?: () => Promise<void>,
  ) {
    if (body === undefined) {
      this.#stage = 'sent';
      return;
    }
    if (!hold) this.#stage = 'sending';
    const released = hold ? new Promise<boolean>((resolve) => (this.#release = resolve)) : Promise.resolve(true);
    this.upload = Readable.from(this.#produce(body, released), { objectMode: false });
    // A source may still fail when the exchange is over and nobody else listens.
    this.upload.on('error', () => undefined);
  }

  /** What axios is to send with: the only way to hear of `100 Continue`. */
  through(sender: Sender): Sender {
    return {
      request: (options, onResponse) => {
        const { request } = sender;
        this.#request = plainRequest(request, options, onResponse);
        this.#request.once('socket', (socket) => {
          if (isMocked(socket)) this.#release(true);
        });
        return this.#request.once('continue', () => {
          // A body that would come too late is not sent.
          if (!this.time.isOver && !this.#isSpoilt) this.#release(true);
        });
      },
    };
  }

  /** Behind a proxy: to the server itself. */
  get isConnected(): boolean {
    return this.#request?.socket?.connecting === false;
  }

  get stage(): Stage {
    return this.isConnected || this.#stage === 'sent' ? this.#stage : 'opening';
  }

  /**
   * Before a request is given up whose body is held: of a Buffer the first byte goes out after all. A Pushgateway up to 1.5 that
   * wakes up when we are gone takes no byte at all for an empty text, and empties the group; a lone byte is an error. It does not
   * go ahead of `100 Continue`, since a server that has some of a body need not ask for it (RFC 9110, 10.1.1).
   */
  async spoil(): Promise<void> {
    const request = this.#request;
    if (!(this.body instanceof Uint8Array) || request === undefined || this.stage !== 'held') return;
    const first = this.body.subarray(0, 1);
    this.#isSpoilt = true;
    const sent = new Promise<void>((resolve) => {
      request.write(first, () => {
        resolve();
      });
    });
    await Promise.race([sent, wait(SPOIL_MS, undefined, { ref: false })]);
  }

  /** What the source of the body threw, if it did. */
  get sourceFailure(): { readonly error: unknown } | undefined {
    return this.#sourceFailure;
  }

  /** Leaves nothing behind: no socket, no source waiting to be read. A body under way stays incomplete. */
  close(): void {
    this.upload?.destroy();
    this.#release(false);
    this.#request?.destroy();
  }

  async *#produce(body: Buffer | RequestBody, released: Promise<boolean>): AsyncGenerator<Uint8Array | string> {
    if (typeof body === 'function') {
      if (!(await released)) return;
      this.#stage = 'sending';
      // The one that may be the last waits for the next.
      const held: (Uint8Array | string)[] = [];
      for await (const chunk of this.#source(body)) {
        this.#requireTime();
        held.push(chunk);
        if (held.length > 1 || !this.beforeEnd) yield held.shift() as Uint8Array | string;
      }
      await this.#requireLeave();
      yield* held;
      this.#stage = 'sent';
    } else {
      if (!(await released)) return;
      // By itself: if there is no time any more for the rest, what has gone must not look like an empty text.
      yield body.subarray(0, 1);
      await this.#requireLeave();
      // Before the rest goes, as its length tells the server where it ends: the answer may come at once.
      this.#stage = 'sent';
      yield body.subarray(1);
    }
  }

  async #requireLeave(): Promise<void> {
    try {
      await this.beforeEnd?.();
    } catch (error) {
      this.#sourceFailure = { error };
      throw error;
    }
    this.#requireTime();
  }

  async *#source(body: RequestBody): AsyncGenerator<Uint8Array | string> {
    try {
      yield* body();
    } catch (error) {
      this.#sourceFailure = { error };
      throw error;
    }
  }

  /** Ends the body before its end if it comes too late. */
  #requireTime(): void {
    if (this.time.isOver) throw new Error('The time for this request is over');
  }
}

/** Of nock 14 or msw 2, in somebody's tests: nobody there ever asks for the body. Both use `@mswjs/interceptors`. */
function isMocked(socket: Socket): boolean {
  return /^Mock(Http)?Socket$/.test(socket.constructor.name);
}
