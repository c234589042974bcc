import { setTimeout as sleep } from 'node:timers/promises';
import { type OrderType, COUNTRIES, ORDER_TYPES } from '../sample-app/orders/order.js';
import { DEMO_CUSTOMER } from '../sample-app/page/happenings.interceptor.js';
import { addTo, emptyTally, type Happening, type Tally } from '../sample-app/places/tally.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** They order, pay, look around; the warehouse takes orders off the queue. About 40 requests per second. */
export class Customers {
  /** What happened in the shop, by the answers that customers and warehouse got: the library has no part in it. */
  readonly tally: Tally = emptyTally();
  /** Requests nobody answered, or with an error: what happened is not certain then. */
  readonly failures: string[] = [];
  /** Whether they come just now. */
  come = true;
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

  /** What others than these customers have done. */
  note(happening: Happening): void {
    addTo(this.tally, happening);
  }

  async #repeat(pauseMs: number, act: () => Promise<unknown>): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        if (this.come) await act();
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  async #buy(): Promise<void> {
    const type = ORDER_TYPES[Math.floor(Math.random() ** 2 * ORDER_TYPES.length)] as OrderType;
    const country = COUNTRIES[Math.floor(Math.random() * COUNTRIES.length)];
    const items = 1 + Math.floor(Math.random() * 5);
    const { id } = (await this.#request('POST', '/orders', { type, country, items })) as { id: number };
    this.note({ type, items, waiting: 1 });
    if (Math.random() < 0.3) return;
    await this.#request('POST', `/orders/${id}/payment`, { method: Math.random() < 0.8 ? 'card' : 'invoice' });
    this.note({ payments: 1 });
    if (Math.random() < 0.9) return;
    await this.#request('POST', `/orders/${id}/refund`);
    this.note({ refunds: 1 });
  }

  async #pack(): Promise<void> {
    if (this.tally.waiting === 0) return;
    // A visitor may have emptied the queue just now.
    if (await this.#request('POST', '/queue/next', undefined, 404)) this.note({ waiting: -1 });
  }

  /** Undefined: a status that is fine too. */
  async #request(method: 'GET' | 'POST', path: string, body?: object, fine?: number): Promise<unknown> {
    const response = await fetch(`${this.shop}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      headers: { 'user-agent': DEMO_CUSTOMER, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    this.note({ requests: 1 });
    if (response.status === fine) return undefined;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer);
  }
}
