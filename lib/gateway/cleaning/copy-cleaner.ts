import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { HttpTimeoutError } from '../../errors/index.js';
import { PackageLogger } from '../../log/package-logger.js';
import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../../store/index.js';
import { isNobodyThere } from '../client/failure-kind.js';
import { type AttemptOutcome, GatewayCleaning } from './gateway-cleaning.js';
import { type GatewayDirectory, isConfigured } from '../gateway-directory.js';
import { GatewayIdentities } from './gateway-identities.js';
import { partsOf } from '../gateway-id.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import { deletionCommand } from '../client/deletion-command.js';
import { NO_PEERS, type Peers } from '../peers.js';
import { deleteWaiting } from './waiting-delete.js';

/** Requests that a thawed gateway had already received are all answered by then: nothing overtakes the second DELETE. */
const CONFIRM_AFTER_MS = 1_000;
/** No copy is expected at an address where nobody has answered for this long, and to which nobody pushes any more. */
const FORGET_AFTER_MS = 3_600_000;
/** How long a push waits for the removal of an old copy: Prometheus would see both. Then it goes on. */
const CLEAR_WITHIN_MS = 1_000;

/** `no copy`: there is no such gateway any more. `held again`: the copy that is there now is another one. */
type Removed = 'deleted' | 'no copy' | 'held again';

/**
 * Removes copies of groups from gateways that no longer hold them. At a gateway that is frozen, the DELETE waits in its
 * socket and is the first thing it does when it thaws.
 */
export class CopyCleaner {
  readonly #cleanings = new Map<string, GatewayCleaning>();
  readonly #closing = new AbortController();
  readonly #identities: GatewayIdentities;
  /** What the log has said already, by gateway. */
  readonly #said = new Set<string>();
  readonly #logger = new PackageLogger();

  constructor(
    private readonly ledgers: Pick<Ledgers, 'read' | 'strikeCopy' | 'forgetCopy' | 'noteUnreachable'>,
    private readonly directory: GatewayDirectory,
    private readonly peers: Peers = NO_PEERS,
    /** Which gateways are to have a group. Default: its holder. */
    private readonly keepersOf: (holder: string) => readonly string[] = (holder) => [holder],
  ) {
    this.#identities = new GatewayIdentities(directory);
    // One listener per copy that waits, and there may be many.
    setMaxListeners(Infinity, this.#closing.signal);
  }

  /** Begins to clean up, unless that is under way; goes on until the copy is gone or the cleaner is closed. */
  clean(group: Group, gateway: string): void {
    const cleaning = this.#cleanings.get(gateway) ?? this.#cleaningOf(gateway);
    this.#cleanings.set(gateway, cleaning);
    cleaning.add(group);
  }

  /** Begins to clean up every copy of a group that the ledger names, but the holder's. */
  async cleanAll(group: Group): Promise<void> {
    const { holder, copies } = await this.ledgers.read(group);
    for (const gateway of copies) if (gateway !== holder) this.clean(group, gateway);
  }

  /**
   * Removes a group that the store does not know from gateways that may show it, before another one shows it. Gateways that
   * surely had no push of it lately are struck at once.
   * @returns those that may still show it; undefined if the one that is to get the group does not answer: what is shown stays
   * until one does.
   */
  async clearFor(group: Group, keeper: string, gateways: readonly string[]): Promise<string[] | undefined> {
    if (!(await this.#identities.isThere(keeper))) return undefined;
    const { holds } = await this.ledgers.read(group);
    const left = new Set(gateways);
    const clear = async (gateway: string): Promise<void> => {
      const kind = await this.#identities.examine(gateway, [keeper]);
      if (kind === 'unknown') return;
      if (kind === 'copy') {
        await deleteWaiting(this.directory.clientOf(gateway), groupingKeyOf(group), { groups: this.#groups + 1 });
        const hold = holds[gateway];
        if (hold !== undefined) await this.ledgers.strikeCopy(group, gateway, hold);
      }
      left.delete(gateway);
    };
    const cleared = Promise.allSettled(gateways.map(clear));
    await Promise.race([cleared, wait(CLEAR_WITHIN_MS, undefined, { ref: false })]);
    return [...left];
  }

  /**
   * Removes a group from its holder, before a gateway that is configured gets it. The copy stays in the ledger, and is cleaned up
   * as ever.
   * @returns false if there is no such gateway any more, or one that is configured is that gateway, by another name.
   * @throws what hinders it.
   */
  async releaseFrom(holder: string, group: Group): Promise<boolean> {
    const kind = await this.#identities.examine(holder, this.directory.addresses);
    if (kind === 'unknown') throw new HttpTimeoutError('it cannot be told from the gateways that are configured');
    if (kind === 'other') return false;
    await this.directory.clientOf(holder).delete(groupingKeyOf(group));
    return true;
  }

  /** Whether a gateway answers just now. */
  isThere(gateway: string): Promise<boolean> {
    return this.#identities.isThere(gateway);
  }

  close(): void {
    this.#closing.abort();
  }

  /** How many copies are being removed in the background. */
  get #groups(): number {
    return [...this.#cleanings.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #cleaningOf(gateway: string): GatewayCleaning {
    const attempt = (group: Group): Promise<AttemptOutcome> =>
      this.#attempt(group, gateway).catch((): AttemptOutcome => 'failed');
    return new GatewayCleaning(isConfigured(this.directory, gateway), attempt, this.#closing.signal);
  }

  async #attempt(group: Group, gateway: string): Promise<AttemptOutcome> {
    const ledger = await this.ledgers.read(group);
    const hold = holdLeft(ledger, gateway);
    if (hold === undefined) return 'done';
    // Another process cleans up there, or keeps it there.
    if (!isConfigured(this.directory, gateway) && (await this.peers.have(partsOf(gateway).address, group)))
      return 'failed';
    try {
      if ((await this.#remove(group, gateway, hold)) === 'held again') return 'failed';
    } catch (error) {
      return this.#giveWay(group, gateway, hold, error as Error, ledger);
    }
    await this.ledgers.strikeCopy(group, gateway, hold);
    return 'done';
  }

  /** @throws whatever hinders it */
  async #remove(group: Group, gateway: string, hold: string): Promise<Removed> {
    const removed = await this.#delete(group, gateway, hold);
    if (removed !== 'deleted') return removed;
    await this.#warnOfDisk(gateway);
    await wait(CONFIRM_AFTER_MS, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
    return this.#delete(group, gateway, hold);
  }

  async #delete(group: Group, gateway: string, hold: string): Promise<Removed> {
    const { holder } = await this.ledgers.read(group);
    const kind = holder === undefined ? 'unknown' : await this.#identities.examine(gateway, this.keepersOf(holder));
    if (kind === 'other') return 'no copy';
    if (kind === 'unknown') throw new Error('it cannot be told from the gateway that has the group now');
    const isWanted = async (): Promise<boolean> => holdLeft(await this.ledgers.read(group), gateway) === hold;
    // Looked at last: nothing may come between this and the request.
    if (!(await isWanted())) return 'held again';
    await deleteWaiting(this.directory.clientOf(gateway), groupingKeyOf(group), { groups: this.#groups, isWanted });
    this.#identities.heard(gateway);
    return 'deleted';
  }

  async #giveWay(
    group: Group,
    gateway: string,
    hold: string,
    error: Error,
    { unreachableSince }: Ledger,
  ): Promise<AttemptOutcome> {
    const isUnreachable = isNobodyThere(error);
    const outcome = isUnreachable ? 'unreachable' : 'failed';
    if (isConfigured(this.directory, gateway)) return outcome;
    this.#warnOnce(
      `left on ${gateway}`,
      `Pushgateway ${gateway} may still show an old copy of job "${group.job}", but is not among pushgateway.host any ` +
        `more and cannot be cleaned up: ${error.message}. It is tried again, ever less often. If it needs credentials, ` +
        `name it in pushgateway.formerHosts; by hand: ${deletionCommand(groupingKeyOf(group), partsOf(gateway), {})} (further jobs: see status)`,
    );
    if (!isUnreachable && unreachableSince[gateway] === undefined) return outcome;
    const forMs = await this.ledgers.noteUnreachable(group, gateway, isUnreachable);
    if (forMs < FORGET_AFTER_MS) return outcome;
    await this.ledgers.forgetCopy(group, gateway, hold);
    this.#warnOnce(
      `forgotten on ${gateway}`,
      `Nobody has answered at Pushgateway ${gateway} for an hour, and it is not among pushgateway.host any more: what it ` +
        'may have had is forgotten without having been removed',
    );
    return 'done';
  }

  /** The one case in which a counter is seen to step back: until the DELETE came, the old value was there again. */
  async #warnOfDisk(gateway: string): Promise<void> {
    const what = `disk of ${gateway}`;
    if (this.#said.has(what)) return;
    const status = await this.directory
      .clientOf(gateway)
      .status()
      .catch(() => undefined);
    if (!status?.flags['persistence.file']) return;
    this.#warnOnce(
      what,
      `Pushgateway ${gateway} keeps groups on disk (--persistence.file): when it restarts, it shows old values until ` +
        'they are removed, which looks like a counter reset. Of several gateways, start each with --persistence.file=',
    );
  }

  #warnOnce(what: string, text: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#logger.warn(text);
  }
}

/**
 * The number of the hold from which a gateway has a copy left; undefined if it has none, or if nobody knows who has the
 * group.
 */
function holdLeft({ holder, holds }: Ledger, gateway: string): string | undefined {
  return holder === undefined || holder === gateway ? undefined : holds[gateway];
}
