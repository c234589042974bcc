import { setTimeout as sleep } from 'node:timers/promises';
import { type OrderType, ORDER_TYPES } from '../orders/order.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** What happened in the shop, by the answers that customers and warehouse got: the library has no part in it. */
export interface Tally {
  requests: number;
  readonly orders: Record<OrderType, number>;
  items: number;
  payments: number;
  /** Orders not yet taken by the warehouse. */
  waiting: number;
}

/** They order, pay, look around; the warehouse takes orders off the queue. About 40 requests a second. */
export class Customers {
  readonly tally: Tally = { requests: 0, orders: { book: 0, game: 0, music: 0 }, items: 0, payments: 0, waiting: 0 };
  /** Requests nobody answered, or with an error: what happened is not certain then. */
  readonly failures: string[] = [];
  readonly #closing = new AbortController();
  #working: Promise<unknown> = Promise.resolve();

  constructor(private readonly shop: string) {}

  start(): void {
    this.#working = Promise.all([
      this.#repeat(50, () => this.#buy()),
      this.#repeat(70, () => this.#pack()),
      this.#repeat(200, () => this.#request('GET', '/queue')),
    ]);
  }

  /** Resolves when the last answer is there. */
  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#working;
  }

  async #repeat(pauseMs: number, act: () => Promise<unknown>): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await act();
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  async #buy(): Promise<void> {
    const type = ORDER_TYPES[Math.floor(Math.random() ** 2 * ORDER_TYPES.length)] as OrderType;
    const items = 1 + Math.floor(Math.random() * 5);
    const { id } = (await this.#request('POST', '/orders', { type, items })) as { id: number };
    this.tally.orders[type] += 1;
    this.tally.items += items;
    this.tally.waiting += 1;
    if (Math.random() < 0.3) return;
    await this.#request('POST', `/orders/${id}/payment`, { method: Math.random() < 0.8 ? 'card' : 'invoice' });
    this.tally.payments += 1;
  }

  async #pack(): Promise<void> {
    if (this.tally.waiting === 0) return;
    await this.#request('POST', '/queue/next');
    this.tally.waiting -= 1;
  }

  async #request(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.shop}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    this.tally.requests += 1;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer);
  }
}
