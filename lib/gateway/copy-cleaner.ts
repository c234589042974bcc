import { setTimeout as wait } from 'node:timers/promises';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { failureKind } from './failure-kind.js';
import { groupingKeyOf } from './grouping-key.js';
import type { PushgatewayClient } from './pushgateway-client.js';

/** Between attempts to reach a gateway that is down: its copy must not outlive its return by more than a scrape. */
const RETRY_MS = 200;
/** Requests that a thawed gateway had already received are all answered by then: nothing overtakes the second DELETE. */
const CONFIRM_AFTER_MS = 1_000;

/**
 * Removes copies of groups from gateways that no longer hold them. At a gateway that is frozen, the DELETE waits in its
 * socket and is the first thing it does when it thaws.
 */
export class CopyCleaner {
  readonly #running = new Set<string>();
  readonly #closing = new AbortController();

  constructor(
    private readonly store: Pick<Store, 'readLedger' | 'strikeCopy'>,
    private readonly clientOf: (gateway: string) => PushgatewayClient,
    /** A gateway that is not configured any more and does not run either needs no waiting for. */
    private readonly isConfigured: (gateway: string) => boolean,
  ) {}

  /** Begins to clean up, unless that is under way; goes on until the copy is gone or the cleaner is closed. */
  clean(group: Group, gateway: string): void {
    const id = `${gateway} ${JSON.stringify(groupingKeyOf(group))}`;
    if (this.#running.has(id)) return;
    this.#running.add(id);
    void this.#run(group, gateway).finally(() => this.#running.delete(id));
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(group: Group, gateway: string): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const isDone = await this.#attempt(group, gateway).catch(() => false);
      if (isDone) return;
      await this.#pause(RETRY_MS);
    }
  }

  /** Whether there is nothing left to do. */
  async #attempt(group: Group, gateway: string): Promise<boolean> {
    if (!(await this.#isLeftOver(group, gateway))) return true;
    const key = groupingKeyOf(group);
    try {
      await this.clientOf(gateway).delete(key);
    } catch (error) {
      if (failureKind(error) !== 'gone' || this.isConfigured(gateway)) throw error;
      await this.store.strikeCopy(group, gateway);
      return true;
    }
    await this.#pause(CONFIRM_AFTER_MS);
    if (!(await this.#isLeftOver(group, gateway))) return true;
    await this.clientOf(gateway).delete(key);
    await this.store.strikeCopy(group, gateway);
    return true;
  }

  async #isLeftOver(group: Group, gateway: string): Promise<boolean> {
    const { holder, copies } = await this.store.readLedger(group);
    return holder !== gateway && copies.includes(gateway);
  }

  async #pause(delayMs: number): Promise<void> {
    await wait(delayMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
  }
}
