import { setMaxListeners } from 'node:events';
import { takenOver } from '../../errors/taken-over.js';
import { whenAborted } from '../../http/index.js';
import { PackageLogger } from '../../log/package-logger.js';
import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../../store/index.js';
import { CopyCleaner } from '../cleaning/copy-cleaner.js';
import { failureKind } from '../client/failure-kind.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import {
  type GatewayPool,
  GatewayPoolError,
  type GroupPush,
  type PoolAnswer,
  type PoolFailure,
} from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import type { Peers } from '../peers.js';
import type { PushgatewayClient } from '../client/pushgateway-client.js';

/** A gateway that did not answer last time is given as long again as the others took, but not less than this. */
const GRACE_MS = 1_000;

type Action = (client: PushgatewayClient, signal: AbortSignal) => Promise<unknown>;

const isAnswer = ({ error }: PoolFailure): boolean => failureKind(error) === 'answered';

/**
 * Every group on every gateway, for a Prometheus that keeps them apart by a label and takes the highest (`rules` prints
 * how). It does not matter then what a gateway that was away still shows. A push is done once one gateway has taken it.
 */
export class BroadcastGateways implements GatewayPool {
  readonly addresses: readonly [string, ...string[]];
  readonly #cleaner: CopyCleaner;
  readonly #logger = new PackageLogger();
  /** Gateways that took no push last time: the others do not wait for them. */
  readonly #missing = new Set<string>();

  constructor(
    private readonly directory: GatewayDirectory,
    private readonly ledgers: Ledgers,
    peers?: Peers,
  ) {
    this.addresses = directory.addresses;
    this.#cleaner = new CopyCleaner(ledgers, directory, peers, () => directory.addresses);
  }

  async push({ group, text, mode, turn, ledger, signal, beforeEnd }: GroupPush): Promise<PoolAnswer> {
    await this.#note(group, turn, ledger ?? (await this.ledgers.read(group)));
    return this.#send((client, giveUp) => client[mode](groupingKeyOf(group), text, giveUp, beforeEnd), signal);
  }

  /** Deletes from all gateways: one that does not answer would go on showing the group. */
  async delete(group: Group): Promise<PoolAnswer> {
    const { taken, missed } = await this.#all((client) => client.delete(groupingKeyOf(group)));
    const [first] = missed;
    if (first) throw new GatewayPoolError([first.gateway, ...this.#others(first.gateway)], first.error);
    return { gateway: taken[0] as string, gateways: taken };
  }

  resume(): void {
    // What is old on a gateway does no harm, and the next push replaces it.
  }

  close(): void {
    this.#cleaner.close();
  }

  /**
   * Notes in the ledger that all gateways have the group: processes that keep each group on one gateway need that, as after
   * a change of strategy. Copies on gateways that are not in the list any more are removed.
   */
  async #note(group: Group, turn: string, { holder, copies }: Ledger): Promise<void> {
    const former = holder === undefined ? (this.directory.former ?? []) : [];
    const isNoted = former.length === 0 || (await this.ledgers.noteCopies(group, turn, former));
    for (const gateway of this.addresses) {
      if (isNoted && (copies.includes(gateway) || (await this.ledgers.noteHolder(group, turn, gateway)))) continue;
      throw takenOver(group.job);
    }
    for (const gateway of [...copies, ...former]) {
      if (!this.addresses.includes(gateway)) this.#cleaner.clean(group, gateway);
    }
  }

  async #send(action: Action, signal?: AbortSignal): Promise<PoolAnswer> {
    const { taken, missed } = await this.#all(action, signal);
    const [gateway] = taken;
    if (gateway !== undefined) return { gateway, gateways: taken, ...(missed.length > 0 && { missed }) };
    // What a gateway said tells more than that another one is away.
    const { gateway: failed, error } = missed.reduce((one, other) => (isAnswer(other) && !isAnswer(one) ? other : one));
    throw new GatewayPoolError([failed, ...this.#others(failed)], error);
  }

  async #all(action: Action, signal?: AbortSignal): Promise<{ taken: string[]; missed: PoolFailure[] }> {
    const begun = performance.now();
    const giveUp = new AbortController();
    // One listener per gateway, and there may be many.
    setMaxListeners(Infinity, giveUp.signal);
    const stopListening = whenAborted(signal, () => {
      giveUp.abort(signal?.reason);
    });
    const attempts = this.addresses.map(async (gateway): Promise<PoolFailure | undefined> => {
      try {
        await action(this.directory.clientOf(gateway), giveUp.signal);
        return undefined;
      } catch (thrown) {
        return { gateway, error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
      }
    });
    const present = attempts.filter((_, at) => !this.#missing.has(this.addresses[at] as string));
    let timer: NodeJS.Timeout | undefined;
    if (present.length > 0) {
      void Promise.all(present).then(() => {
        const graceMs = Math.max(GRACE_MS, performance.now() - begun);
        timer = setTimeout(() => {
          giveUp.abort();
        }, graceMs);
      });
    }
    const failures = await Promise.all(attempts);
    clearTimeout(timer);
    stopListening();
    const missed = failures.filter((failure) => failure !== undefined);
    const taken = this.addresses.filter((_, at) => failures[at] === undefined);
    if (!signal?.aborted) this.#report(taken, missed);
    return { taken, missed };
  }

  /** One line when a gateway begins to miss pushes, one when it takes them again. */
  #report(taken: readonly string[], missed: readonly PoolFailure[]): void {
    for (const { gateway, error } of missed) {
      if (this.#missing.has(gateway)) continue;
      this.#missing.add(gateway);
      this.#logger.warn(`Pushgateway ${gateway} misses pushes: ${error.message}`);
    }
    for (const gateway of taken) {
      if (this.#missing.delete(gateway)) this.#logger.log(`Pushgateway ${gateway} takes pushes again`);
    }
  }

  #others(gateway: string): string[] {
    return this.addresses.filter((other) => other !== gateway);
  }
}
