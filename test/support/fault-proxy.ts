import { randomNumbers } from './random-numbers.js';
import { type Connection, type Delay, type Stop, TcpProxy, type Traffic } from './tcp-proxy.js';

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

/** A TCP proxy with one entrance that harms what goes through it. */
export class FaultProxy extends TcpProxy {
  /** Faults done so far. */
  readonly done: Record<Fault, number> = { 'drop reply': 0, 'cut request': 0, delay: 0, silence: 0, 'half-open': 0 };
  port = 0;
  readonly #next: Fault[] = [];
  #draw: ((isNew: boolean) => Fault | undefined) | undefined;
  /** Connections whose next answer meets the fault of their request. */
  readonly #awaiting = new Map<Connection, 'drop reply' | 'delay'>();

  private constructor(
    target: number,
    readonly delayMs: number,
  ) {
    super(target);
    this.watch((traffic) => this.#harm(traffic));
  }

  /** Forwards to a loopback port, faithfully until told otherwise. */
  static async start(target: number, { delayMs = 20 }: { delayMs?: number } = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, delayMs);
    proxy.port = await proxy.entrance('client');
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get faults(): number {
    return Object.values(this.done).reduce((sum, count) => sum + count, 0);
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

  #harm({ kind, connection, bytes }: Traffic): Stop | Delay | undefined {
    const breaking = (): void => {
      connection.break();
    };
    const awaited = this.#awaiting.get(connection);
    if (kind === 'received') {
      this.#awaiting.delete(connection);
      return awaited && (awaited === 'delay' ? this : { passing: 0, then: breaking });
    }
    // Its answer will be dropped, whatever else it asks.
    if (awaited === 'drop reply') return undefined;
    const fault = this.#fault(kind === 'accepted');
    switch (fault) {
      case undefined:
        return undefined;
      case 'drop reply':
        this.#awaiting.set(connection, fault);
        return undefined;
      case 'delay':
        this.#awaiting.set(connection, fault);
        return this;
      case 'cut request':
        return { passing: bytes.length >> 1, then: breaking };
      case 'silence':
      case 'half-open':
        return { passing: 0 };
    }
  }

  #fault(isNew: boolean): Fault | undefined {
    const at = this.#next.findIndex((fault) => isOfNew(fault) === isNew);
    const fault = at >= 0 ? this.#next.splice(at, 1)[0] : this.#draw?.(isNew);
    if (fault !== undefined) this.done[fault] += 1;
    return fault;
  }
}

function isOfNew(fault: Fault): boolean {
  return fault === 'half-open';
}
