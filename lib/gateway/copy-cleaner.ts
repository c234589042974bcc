import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { PackageLogger } from '../log/package-logger.js';
import type { Group } from '../model/index.js';
import type { Ledgers } from '../store/index.js';
import { failureKind } from './failure-kind.js';
import type { GatewayDirectory } from './gateway-directory.js';
import { partsOf } from './gateway-id.js';
import { type GroupingKey, groupingKeyOf } from './grouping-key.js';
import type { PushgatewayClient } from './pushgateway-client.js';
import { deleteWaiting } from './waiting-delete.js';

/** Between attempts to reach a gateway that is down: its copy must not outlive its return by more than a scrape. */
const RETRY_MS = 200;
/** Requests that a thawed gateway had already received are all answered by then: nothing overtakes the second DELETE. */
const CONFIRM_AFTER_MS = 1_000;
/** So long a balancer is trusted to know a name that it knew. */
const KNOWN_FOR_MS = 30_000;

/**
 * Removes copies of groups from gateways that no longer hold them. At a gateway that is frozen, the DELETE waits in its
 * socket and is the first thing it does when it thaws.
 */
export class CopyCleaner {
  readonly #running = new Set<string>();
  readonly #closing = new AbortController();
  readonly #warnedOfDisk = new Set<string>();
  /** Behind a balancer that knows them, but gets no answer from them: since when in Unix milliseconds. */
  readonly #silent = new Map<string, number>();
  readonly #logger = new PackageLogger();

  constructor(
    private readonly ledgers: Pick<Ledgers, 'read' | 'strikeCopy'>,
    private readonly directory: GatewayDirectory,
  ) {
    // One listener a copy that waits, and there may be many.
    setMaxListeners(Infinity, this.#closing.signal);
  }

  /** Begins to clean up, unless that is under way; goes on until the copy is gone or the cleaner is closed. */
  clean(group: Group, gateway: string): void {
    const id = `${gateway} ${JSON.stringify(groupingKeyOf(group))}`;
    if (this.#running.has(id)) return;
    this.#running.add(id);
    void this.#run(group, gateway).finally(() => this.#running.delete(id));
  }

  /** Begins to clean up every copy of a group that the ledger names, but the holder's. */
  async cleanAll(group: Group): Promise<void> {
    const { holder, copies } = await this.ledgers.read(group);
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
    const hold = await this.#holdLeft(group, gateway);
    if (hold === undefined) return true;
    if (await this.#remove(group, gateway)) {
      await this.#warnOfDisk(gateway);
      await this.#pause(CONFIRM_AFTER_MS);
      // It has had the group again meanwhile: that copy is another one.
      if ((await this.#holdLeft(group, gateway)) !== hold) return false;
      await this.#remove(group, gateway);
    }
    await this.ledgers.strikeCopy(group, gateway, hold);
    return true;
  }

  /** False if there is no such gateway any more: then it needs no waiting for. */
  async #remove(group: Group, gateway: string): Promise<boolean> {
    const client = this.directory.clientOf(gateway);
    const key = groupingKeyOf(group);
    try {
      if (!(await this.#isKnown(client, key, gateway))) return false;
      await deleteWaiting(client, key, this.#running.size);
      this.#silent.delete(gateway);
    } catch (error) {
      const isConfigured = this.directory.addresses.includes(partsOf(gateway).address);
      if (failureKind(error) !== 'refused' || isConfigured) throw error;
      return false;
    }
    return true;
  }

  /**
   * A balancer hands a request for a name it does not know to any gateway, which may be the holder. If nobody answers, it
   * knows the name: then the DELETE is to wait in the socket of a gateway that is frozen, and not another question.
   */
  async #isKnown(client: PushgatewayClient, key: GroupingKey, gateway: string): Promise<boolean> {
    const { name } = partsOf(gateway);
    if (name === undefined || Date.now() - (this.#silent.get(gateway) ?? 0) < KNOWN_FOR_MS) return true;
    try {
      return (await client.locate(key)) === name;
    } catch (error) {
      if (failureKind(error) === 'refused') throw error;
      this.#silent.set(gateway, Date.now());
      return true;
    }
  }

  /** The number of the hold that a copy is left of; undefined if none is. */
  async #holdLeft(group: Group, gateway: string): Promise<string | undefined> {
    const { holder, holds } = await this.ledgers.read(group);
    return holder === gateway ? undefined : holds[gateway];
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
