import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import { failureKind } from './failure-kind.js';
import type { GatewayDirectory } from './gateway-directory.js';
import { partsOf } from './gateway-id.js';
import { groupingKeyOf } from './grouping-key.js';

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
  readonly #warnedOfDisk = new Set<string>();
  readonly #logger = new Logger('PrometheusPushgateway');

  constructor(
    private readonly store: Pick<Store, 'readLedger' | 'strikeCopy'>,
    private readonly directory: GatewayDirectory,
  ) {}

  /** Begins to clean up, unless that is under way; goes on until the copy is gone or the cleaner is closed. */
  clean(group: Group, gateway: string): void {
    const id = `${gateway} ${JSON.stringify(groupingKeyOf(group))}`;
    if (this.#running.has(id)) return;
    this.#running.add(id);
    void this.#run(group, gateway).finally(() => this.#running.delete(id));
  }

  /** Begins to clean up every copy of a group that the ledger names, but the holder's. */
  async cleanAll(group: Group): Promise<void> {
    const { holder, copies } = await this.store.readLedger(group);
    for (const gateway of copies) if (gateway !== holder) this.clean(group, gateway);
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
    if (await this.#remove(group, gateway)) {
      await this.#warnOfDisk(gateway);
      await this.#pause(CONFIRM_AFTER_MS);
      if (!(await this.#isLeftOver(group, gateway))) return true;
      await this.#remove(group, gateway);
    }
    await this.store.strikeCopy(group, gateway);
    return true;
  }

  /** False if there is no such gateway any more: then it needs no waiting for. */
  async #remove(group: Group, gateway: string): Promise<boolean> {
    const client = this.directory.clientOf(gateway);
    const key = groupingKeyOf(group);
    const { address, name } = partsOf(gateway);
    const isConfigured = this.directory.addresses.includes(address);
    try {
      // A balancer hands a request for a name it does not know to any gateway, which may be the holder.
      if (name !== undefined && (await client.locate(key)) !== name) return false;
      await client.delete(key);
    } catch (error) {
      if (failureKind(error) !== 'gone' || isConfigured) throw error;
      return false;
    }
    return true;
  }

  async #isLeftOver(group: Group, gateway: string): Promise<boolean> {
    const { holder, copies } = await this.store.readLedger(group);
    return holder !== gateway && copies.includes(gateway);
  }

  /** The one case in which a counter is seen to step back: until the DELETE came, the old value was there again. */
  async #warnOfDisk(gateway: string): Promise<void> {
    if (this.#warnedOfDisk.has(gateway)) return;
    const status = await this.directory
      .clientOf(gateway)
      .status()
      .catch(() => undefined);
    if (!status?.flags['persistence.file']) return;
    this.#warnedOfDisk.add(gateway);
    this.#logger.warn(
      `Pushgateway ${gateway} keeps groups on disk (--persistence.file): when it restarts, it shows old values until ` +
        'they are removed, which looks like a counter reset. Of several gateways, start each with --persistence.file=',
    );
  }

  async #pause(delayMs: number): Promise<void> {
    await wait(delayMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
  }
}
