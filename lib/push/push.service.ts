import { setMaxListeners } from 'node:events';
import { SHAPE_SILENT_MS } from '../buffer/index.js';
import { type GatewayPool, GatewayPoolError, HeldElsewhereError, type PoolAnswer } from '../gateway/index.js';
import { type Group, type GroupStatus, type PushMode, type PushResult } from '../model/index.js';
import type { View } from '../snapshot/index.js';
import { type BegunPush, incompleteGauges, type Starts, type Store, type StoredFamily } from '../store/index.js';
import type { BodyChunk } from '../exposition/index.js';
import {
  beginReading,
  type Count,
  counted,
  newSending,
  NOTHING,
  type Reading,
  readOn,
  type Sending,
} from './sending.js';
import type { Collectors } from './collectors.js';
import { contestText } from './contest-text.js';
import type { GroupReader } from './group-reader.js';
import { loadExposition } from './load-exposition.js';
import { noteAbsent } from './note-absent.js';
import type { Presence } from './presence.js';
import { readStatus } from './read-status.js';
import { SentAsText } from './sent-as-text.js';
import { takeTurn, type Turn, type TurnWish } from './turn.js';
import { classicOnly, utf8NameIn } from './utf8-names.js';

/** A turn lasts 3 s longer than the request that it is for. */
const KEEP_EVERY_MS = 1_000;

export interface PushOptions {
  /** Default `push`. */
  mode?: PushMode;
  /** Skip the push if another one took its turn less than this long ago. Default: push in any case. */
  notAgainWithinMs?: number;
  /** Ends the waiting for another process that is pushing; not a push that has begun. Only with {@link notAgainWithinMs}. */
  signal?: AbortSignal;
  /** Series to show at 0. Then pushes that wait for this one are still made. Default: none. */
  isNew?: View['isNew'];
  /** Whether metrics are read before, that somebody collects. Default false. */
  collects?: boolean;
}

/** Told of every result. */
export interface PushListener {
  pushed(result: PushResult, what: 'push' | 'deletion'): void;
}

/** Brings values back that the store has lost. */
export interface Restorer {
  /** Names of the families that still wait: a push must not show them, since they are too low. */
  restore(group: Group, signal: AbortSignal): Promise<readonly string[]>;
  /** What somebody has to do so that a family waits no longer; undefined if nothing. */
  adviceOn?(family: string): string | undefined;
}

export interface PushServiceOptions {
  readonly reader: GroupReader;
  readonly store: Store;
  readonly pool: GatewayPool;
  /** Longest time that the gateway may take: the turn lasts longer. */
  readonly timeoutMs: number;
  /** Says that this process lives and pushes. Default: nobody is told. */
  readonly presence?: Pick<Presence, 'begin'>;
  /** Default: nothing is brought back. */
  readonly restorer?: Restorer;
  /** Reads metrics before a push. Default: there are none. */
  readonly collectors?: Collectors;
  /** Default: nobody. */
  readonly listener?: PushListener;
  /** Told when the store turns out to be older than it was. Default: nobody. */
  readonly tellLoss?: (job: string, what: string) => void;
  /** How long a new series is shown at 0 before its value. Default 0: not at all. */
  readonly announceForMs?: number;
  /** Whether gateways are told when series began. Default true. */
  readonly startTimes?: boolean;
  /** Whether gateways are shown exemplars. Default true. */
  readonly exemplars?: boolean;
}

/** What a push is to show. */
interface Prepared {
  readonly view: View;
  /** Default: they are still to be read. */
  readonly families?: readonly StoredFamily[];
  /** Why families are left out, which stay on the gateway as they were. */
  readonly heldBack?: string;
  /** Further remarks. */
  readonly notes: readonly string[];
}

/** What is asked of a push. */
interface Content extends Pick<PushOptions, 'collects' | 'notAgainWithinMs'> {
  readonly mode: PushMode;
  /** Whether series may be gone because nobody has changed them. */
  readonly doSeriesExpire: boolean;
  readonly isNew?: View['isNew'];
}

/** What was sent, or would have been. */
interface Transfer extends Count {
  readonly answer: PoolAnswer | undefined;
  /** Whether those who waited meanwhile need not push again. */
  readonly coversWaiters?: boolean;
  /** As for `Turns.end`. */
  readonly starts?: Starts | 'none';
  /** Why nothing was sent. */
  readonly reason?: string;
}

/**
 * Brings groups to the gateway: what this process has counted goes to the store first, then, when it is this process'
 * turn, the store's values are sent, whole or not at all. The result tells what went wrong.
 */
export class PushService {
  readonly #underWay = new Set<Promise<PushResult>>();
  readonly #ending = new AbortController();
  /** By job: when the latest successful push that this process knows of took its turn, by the store's clock. */
  readonly #pushedAt = new Map<string, number>();
  /** By job: the latest attempt of a push that is under way. */
  readonly #sendings = new Map<string, Sending>();

  constructor(private readonly options: PushServiceOptions) {
    // One listener per push, and so one per job.
    setMaxListeners(Infinity, this.#ending.signal);
  }

  push(job: string, options: PushOptions = {}): Promise<PushResult> {
    return this.#report(job, 'push', async (group) => {
      const {
        presence,
        reader,
        store,
        collectors,
        announceForMs = 0,
        startTimes = true,
        exemplars = true,
      } = this.options;
      const { collects = false } = options;
      if (collects) await collectors?.collect(job, 'each');
      await Promise.all([presence?.begin(), reader.flush(job)]);
      const doSeriesExpire = await store.removal.expireSeries(group);
      const { mode = 'push', isNew } = options;
      // A push by another process would not show these series at 0.
      const isCoverable = isNew === undefined;
      // New series are released without `announceForMs` too. Another process may have it, or this one had it before: what
      // they have announced would stay at 0 for ever.
      const begin = () => ({
        knownPushAt: this.#pushedAt.get(job) ?? 0,
        silentMs: SHAPE_SILENT_MS,
        shownForMs: announceForMs,
        withStarts: startTimes,
        withExemplars: exemplars,
      });
      const transfer = await this.#inTurn(group, { ...options, isCoverable, begin }, (turn) =>
        this.#send(group, turn, { ...options, mode, doSeriesExpire, ...(isNew && { isNew }) }),
      );
      return { ...transfer, ...reasonOf([transfer.reason, ...(collectors?.faultsOf(job) ?? [])]) };
    });
  }

  delete(job: string): Promise<PushResult> {
    return this.#report(job, 'deletion', async (group) => {
      await this.options.presence?.begin();
      return this.#inTurn(group, { isCoverable: false }, async (turn) => {
        const { pool, store } = this.options;
        const answer = await pool.delete(group);
        await noteAbsent(store.ledgers, group, turn.id, answer.gateways).catch(() => undefined);
        return { answer, ...NOTHING };
      });
    });
  }

  async #inTurn(
    group: Group,
    options: PushOptions & Pick<TurnWish, 'isCoverable' | 'begin'>,
    act: (turn: Turn) => Promise<Transfer>,
  ): Promise<Transfer> {
    const { signal } = this.#ending;
    const turn = await takeTurn(this.options.store.turns, group, this.options.timeoutMs, {
      ...options,
      ending: signal,
    });
    if ('skipped' in turn) {
      // Who pushes instead may lack the definition.
      if (options.signal?.aborted !== true) await this.#collect(group, options);
      this.#pushedAt.set(group.job, Math.max(turn.lastPushedAt, this.#pushedAt.get(group.job) ?? 0));
      // A push by another process does not help if it goes to another gateway.
      const elsewhere = await this.options.pool.heldElsewhere?.(group).catch(() => undefined);
      return { answer: undefined, ...NOTHING, reason: elsewhere ?? turn.skipped };
    }
    let transfer: Transfer | undefined;
    try {
      transfer = await act(turn);
      return transfer;
    } catch (error) {
      if (error instanceof HeldElsewhereError) return { answer: undefined, ...NOTHING, reason: error.message };
      throw error;
    } finally {
      if (transfer?.coversWaiters) this.#pushedAt.set(group.job, turn.takenAt);
      await turn.end(transfer?.coversWaiters === true, transfer?.starts);
    }
  }

  async #send(group: Group, turn: Turn, content: Content): Promise<Transfer> {
    const { mode, doSeriesExpire, isNew } = content;
    const { reader, store, pool } = this.options;
    this.#tellOlderStore(group, turn);
    const begun = turn.begun as BegunPush;
    const hasCollected = await this.#collect(group, content, turn);
    const { view, families, heldBack, notes } = await this.#prepare(group, begun, isNew);
    // What has been read already is older than what was collected.
    const readings = reader.readings(group.job, view, hasCollected ? undefined : families);
    const read = await beginReading(readings);
    if (read === undefined) {
      if (heldBack === undefined && notes.length === 0) return this.#sendNothing(group, begun, doSeriesExpire);
      return { answer: undefined, ...NOTHING, ...reasonOf([heldBack, ...notes]) };
    }
    const attempts = [readOn(read, readings)];
    const sendings: Sending[] = [];
    const sending =
      <Piece>(format: (readings: AsyncIterable<Reading>, now: number) => AsyncIterable<BodyChunk<Piece>>) =>
      (gateway: string) => {
        const attempt = newSending(gateway);
        sendings.push(attempt);
        this.#sendings.set(group.job, attempt);
        const first = attempts.pop();
        const isRead = first !== undefined && read.isAll;
        return counted(format(first ?? reader.readings(group.job, view), reader.now), turn, attempt, isRead);
      };
    const { formatFamilies, formatMessages } = await loadExposition();
    const asText = new SentAsText();
    const utf8Name = utf8NameIn(families ?? begun.families);
    const text = {
      text: sending((all, now) => formatFamilies(asText.noted(all), now)),
      protobuf: sending((all, now) => formatMessages(utf8Name === undefined ? classicOnly(all) : all, now)),
      ...(utf8Name !== undefined && { utf8Name }),
    };
    // Families that are held back stay on the gateway as they were.
    const sent = heldBack === undefined ? mode : 'pushAdd';
    // A turn may run out while a body is on its way: a machine that was suspended goes on where it was.
    const beforeEnd = (): Promise<void> => turn.keep();
    const sendingEnds = (): void => {
      const latest = this.#sendings.get(group.job);
      if (latest && sendings.includes(latest)) this.#sendings.delete(group.job);
    };
    const answer = await pool
      .push({ group, text, mode: sent, turn: turn.id, ledger: begun.ledger, signal: this.#ending.signal, beforeEnd })
      .finally(sendingEnds);
    // This note lets new series show their values later. Without it they stay at 0 for another push: if the store is away
    // just now, or if this push did not show all families.
    if (view.asAnnounced && heldBack === undefined)
      await store.announcements.noteShown(group, turn.takenAt).catch(() => undefined);
    await store.series.sweep(group).catch(() => undefined);
    const missed = answer.missed?.map(({ gateway, error }) => `${gateway} missed it: ${error.message}`) ?? [];
    const { series, bytes } = sendings.findLast(({ isWhole }) => isWhole) ?? NOTHING;
    return {
      answer,
      series,
      bytes,
      coversWaiters: mode === 'push' && isNew === undefined,
      ...startsShown(begun.starts, heldBack !== undefined),
      ...reasonOf([...missed, heldBack, asText.remark, ...notes]),
    };
  }

  /**
   * A store that does not know the last push of this process is older than it was: it may hold less than Prometheus has
   * seen. If the store's clock is behind that push too, this proves nothing.
   */
  #tellOlderStore({ job }: Group, { lastPushedAt, takenAt }: Turn): void {
    const known = this.#pushedAt.get(job) ?? 0;
    this.#pushedAt.set(job, lastPushedAt);
    if (lastPushedAt >= known || takenAt <= known) return;
    if (lastPushedAt > 0) this.options.tellLoss?.(job, `${known - lastPushedAt} ms before the last push, or more`);
  }

  /**
   * Reads and stores what this process collects for all; false if there is nothing. A tick leaves out what another process has collected
   * for the same one. A turn does not run out meanwhile.
   */
  async #collect(group: Group, { collects = false, notAgainWithinMs }: PushOptions, turn?: Turn): Promise<boolean> {
    const { collectors, reader, store } = this.options;
    const { job } = group;
    const all = collects ? (collectors?.metricsOf(job, 'one') ?? []) : [];
    if (all.length === 0) return false;
    const metrics = notAgainWithinMs === undefined ? all : await store.turns.collects(group, all, notAgainWithinMs);
    if (metrics.length === 0) return false;
    const keeping = turn && setInterval(() => void turn.keep().catch(() => undefined), KEEP_EVERY_MS);
    try {
      await collectors?.collect(job, 'one', metrics);
    } finally {
      clearInterval(keeping);
    }
    await reader.flush(job);
    await turn?.keep();
    return true;
  }

  /** Brings values back that wait, and decides what is to be shown. */
  async #prepare(group: Group, begun: BegunPush, isNew: View['isNew']): Promise<Prepared> {
    const { restorer, announceForMs = 0, exemplars = true } = this.options;
    const { contested, waiting, families, starts } = begun;
    const isComplete = waiting.size === 0 || restorer === undefined;
    const counters = isComplete ? [] : await restorer.restore(group, this.#ending.signal);
    const gauges = incompleteGauges(begun);
    const heldBack = [...counters, ...gauges];
    const reasons = [
      counters.length > 0 &&
        `held back until Prometheus has told their values: ${counters.map((name) => withAdvice(name, restorer)).join(', ')}`,
      gauges.length > 0 && `held back until all processes have sent their values again: ${gauges.join(', ')}`,
    ];
    return {
      ...(isComplete && { families }),
      view: { heldBack, exemplars, asAnnounced: announceForMs > 0, ...(starts && { starts }), ...(isNew && { isNew }) },
      notes: contested.map(contestText),
      ...(heldBack.length > 0 && { heldBack: reasons.filter((reason) => reason !== false).join('; ') }),
    };
  }

  /** A push without samples would empty the group: that is what {@link delete} is for. */
  async #sendNothing(group: Group, { families, ledger }: BegunPush, doSeriesExpire: boolean): Promise<Transfer> {
    const { pool } = this.options;
    if (doSeriesExpire && families.length > 0) {
      return { answer: await pool.delete(group), ...NOTHING, reason: 'every series has expired' };
    }
    const isOfProcesses = families.some(({ definition }) => definition.aggregation !== undefined);
    if (isOfProcesses && ledger.copies.length > 0) {
      return { answer: await pool.delete(group), ...NOTHING, reason: 'no living process has a value' };
    }
    return { answer: undefined, ...NOTHING, reason: 'nothing to push: the store holds no series' };
  }

  /** Gives up what is under way and what is asked for from now on: the application ends. Resolves when turns are given back. */
  async giveUp(): Promise<void> {
    this.#ending.abort(new Error('the application ended first'));
    await Promise.all(this.#underWay);
  }

  /** How far a push that is under way has got; undefined before it sends anything. */
  progressOf(job: string): Sending | undefined {
    return this.#sendings.get(job);
  }

  /** Where a group is. @throws StoreUnavailableError */
  status(job: string): Promise<GroupStatus> {
    return readStatus(this.options.store, this.options.reader.groupOf(job));
  }

  async #report(job: string, what: 'push' | 'deletion', act: (group: Group) => Promise<Transfer>): Promise<PushResult> {
    const push = this.#resultOf(job, act);
    this.#underWay.add(push);
    const result = await push;
    this.#underWay.delete(push);
    this.options.listener?.pushed(result, what);
    return result;
  }

  async #resultOf(job: string, act: (group: Group) => Promise<Transfer>): Promise<PushResult> {
    const begun = performance.now();
    const group = this.options.reader.groupOf(job);
    const { instance } = group;
    const all = this.options.pool.addresses;
    try {
      const { answer, series, bytes, reason } = await act(group);
      const gateways = answer?.gateways ?? all;
      const outcome = answer ? 'pushed' : 'skipped';
      const result = { job, instance, ...naming(gateways), outcome, series, bytes } as const;
      return { ...result, durationMs: performance.now() - begun, ...(reason !== undefined && { reason }) };
    } catch (thrown) {
      const { gateways, cause, message } = poolError(thrown, all);
      const isEnding = this.#ending.signal.aborted;
      const error = isEnding ? (this.#ending.signal.reason as Error) : cause;
      const reason = isEnding ? error.message : message;
      const result = { job, instance, ...naming(gateways), outcome: 'failed', ...NOTHING } as const;
      return { ...result, durationMs: performance.now() - begun, reason, error };
    }
  }
}

function poolError(thrown: unknown, all: readonly string[]): GatewayPoolError {
  return thrown instanceof GatewayPoolError ? thrown : new GatewayPoolError(all as [string, ...string[]], thrown);
}

function startsShown(starts: Starts | undefined, isPart: boolean): Pick<Transfer, 'starts'> {
  if (starts === undefined) return { starts: 'none' };
  return !isPart && starts.lostUntil > 0 ? { starts } : {};
}

function naming(gateways: readonly string[]): Pick<PushResult, 'gateway' | 'gateways'> {
  return { gateway: gateways[0] ?? '', gateways: [...gateways] };
}

function reasonOf(texts: readonly (string | undefined)[]): { reason?: string } {
  const said = texts.filter((text) => text !== undefined);
  return said.length > 0 ? { reason: said.join('; ') } : {};
}

function withAdvice(family: string, restorer?: Restorer): string {
  const advice = restorer?.adviceOn?.(family);
  return advice === undefined ? family : `${family} (${advice})`;
}
