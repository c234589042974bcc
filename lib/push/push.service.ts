import type { ExpositionChunk } from '../exposition/index.js';
import { type GatewayPool, GatewayPoolError, type PoolAnswer } from '../gateway/index.js';
import { bytesOf, type Group, type GroupStatus, type PushResult, type TextPiece } from '../model/index.js';
import type { View } from '../snapshot/index.js';
import type { Store } from '../store/index.js';
import type { MetricText } from './metric-text.js';
import { takeTurn, type Turn } from './turn.js';

export interface PushOptions {
  /** Skip the push if another one took its turn less than this long ago. Default: push in any case. */
  notAgainWithinMs?: number;
  /** Ends the waiting for another process that is pushing; not a push that has begun. Only with {@link notAgainWithinMs}. */
  signal?: AbortSignal;
  /** Series to show at 0. Other pushes that wait for this one do not count as done by it then. Default: none. */
  isNew?: View['isNew'];
}

/** Told of every result. */
export interface PushListener {
  pushed(result: PushResult): void;
}

/** Brings values back that the store has lost. */
export interface Restorer {
  /** Names of the families that still wait: a push must not show them, since they are too low. */
  restore(group: Group, signal: AbortSignal): Promise<readonly string[]>;
}

/** What went over, or would have. */
interface Transfer {
  readonly answer: PoolAnswer | undefined;
  readonly series: number;
  readonly bytes: number;
  /** Whether those who waited meanwhile need not push again. */
  readonly coversWaiters?: boolean;
  /** Why nothing was sent. */
  readonly reason?: string;
}

/**
 * Brings groups to the gateway: what this process has counted goes to the store first, then, when it is this process'
 * turn, the store's values go over, whole or not at all. What goes wrong is told in the result.
 */
export class PushService {
  readonly #underWay = new Set<Promise<PushResult>>();
  readonly #ending = new AbortController();

  constructor(
    private readonly metricText: MetricText,
    private readonly store: Store,
    private readonly pool: GatewayPool,
    /** Longest time that the gateway may take: the turn lasts longer. */
    private readonly timeoutMs: number,
    private readonly restorer?: Restorer,
    private readonly listener?: PushListener,
    /** How long a new series is shown at 0 before its value; 0: not at all. */
    private readonly announceForMs = 0,
  ) {}

  push(job: string, options: PushOptions = {}): Promise<PushResult> {
    return this.#report(job, () => this.#transfer(job, 'push', options));
  }

  pushAdd(job: string, options: PushOptions = {}): Promise<PushResult> {
    return this.#report(job, () => this.#transfer(job, 'pushAdd', options));
  }

  delete(job: string): Promise<PushResult> {
    return this.#report(job, async () => {
      const group = this.metricText.groupOf(job);
      return this.#inTurn(group, { isCoverable: false }, async () => ({
        answer: await this.pool.delete(group),
        series: 0,
        bytes: 0,
      }));
    });
  }

  async #transfer(job: string, verb: 'push' | 'pushAdd', options: PushOptions): Promise<Transfer> {
    await this.metricText.drain(job);
    const group = this.metricText.groupOf(job);
    const { isNew } = options;
    // Another push would not show them at 0.
    const isCoverable = isNew === undefined;
    return this.#inTurn(group, { ...options, isCoverable }, (turn) => this.#send(group, verb, turn, isNew));
  }

  async #inTurn(
    group: Group,
    options: PushOptions & { isCoverable?: boolean },
    act: (turn: Turn) => Promise<Transfer>,
  ): Promise<Transfer> {
    const { signal } = this.#ending;
    const turn = await takeTurn(this.store, group, this.timeoutMs, { ...options, ending: signal });
    if ('skipped' in turn) return { answer: undefined, series: 0, bytes: 0, reason: turn.skipped };
    let transfer: Transfer | undefined;
    try {
      transfer = await act(turn);
      return transfer;
    } finally {
      await turn.end(transfer?.coversWaiters === true);
    }
  }

  async #send(group: Group, verb: 'push' | 'pushAdd', turn: Turn, isNew: View['isNew']): Promise<Transfer> {
    let count: Count = { series: 0, bytes: 0 };
    const doSeriesExpire = await this.store.expireSeries(group);
    const waiting = (await this.restorer?.restore(group, this.#ending.signal)) ?? [];
    const heldBack =
      waiting.length > 0 ? [`held back until Prometheus has told their values: ${waiting.join(', ')}`] : [];
    // Without the option too: what another process, or a time with it, has left would stay at 0 for ever.
    await this.store.releaseAnnounced(group, this.announceForMs);
    const view: View = { heldBack: waiting, asAnnounced: this.announceForMs > 0, ...(isNew && { isNew }) };
    const chunks = this.metricText.chunks(group.job, view);
    const first = await chunks.next();
    // A push without samples would empty the group: that is what delete() is for.
    if (first.done) {
      if (doSeriesExpire && waiting.length === 0 && (await this.store.definitions(group)).length > 0) {
        return { answer: await this.pool.delete(group), ...count, reason: 'every series has expired' };
      }
      return { answer: undefined, ...count, reason: heldBack[0] ?? 'nothing to push: the store holds no series' };
    }
    const attempts = [firstAttempt(first.value, chunks)];
    const text = () =>
      textOf(attempts.pop() ?? this.metricText.chunks(group.job, view), turn, (counted) => {
        count = counted;
      });
    // What is held back stays on the gateway as it was.
    const send = heldBack.length > 0 ? 'pushAdd' : verb;
    const answer = await this.pool[send](group, text, turn.token, this.#ending.signal);
    // If the store is away just now, new series wait for the next push.
    if (this.announceForMs > 0) await this.store.noteShown(group, turn.takenAt).catch(() => undefined);
    const missed = answer.missed?.map(({ gateway, error }) => `${gateway} missed it: ${error.message}`) ?? [];
    const reasons = [...missed, ...heldBack];
    const reason = reasons.length > 0 && { reason: reasons.join('; ') };
    return { answer, ...count, coversWaiters: verb === 'push' && isNew === undefined, ...reason };
  }

  /** Gives up what is under way and what is asked for from now on: the application ends. Resolves when turns are given back. */
  async giveUp(): Promise<void> {
    this.#ending.abort(new Error('the application ended first'));
    await Promise.all(this.#underWay);
  }

  /** Where the groups are. @throws StoreUnavailableError */
  async status(job: string): Promise<GroupStatus> {
    const group = this.metricText.groupOf(job);
    const { holder, copies, silentSince, pushedAt, now } = await this.store.readLedger(group);
    return {
      job,
      instance: group.instance,
      holder,
      copies: copies.filter((gateway) => gateway !== holder),
      silentForMs: silentSince === undefined ? undefined : now - silentSince,
      pushedAt: pushedAt === undefined ? undefined : new Date(pushedAt),
    };
  }

  async #report(job: string, act: () => Promise<Transfer>): Promise<PushResult> {
    const push = this.#resultOf(job, act);
    this.#underWay.add(push);
    const result = await push;
    this.#underWay.delete(push);
    this.listener?.pushed(result);
    return result;
  }

  async #resultOf(job: string, act: () => Promise<Transfer>): Promise<PushResult> {
    const begun = performance.now();
    const { instance } = this.metricText.groupOf(job);
    const all = this.pool.addresses;
    try {
      const { answer, series, bytes, reason } = await act();
      const gateways = answer?.gateways ?? all;
      const outcome = answer ? 'pushed' : 'skipped';
      const result = { job, instance, ...naming(gateways), outcome, series, bytes } as const;
      return { ...result, durationMs: performance.now() - begun, ...(reason !== undefined && { reason }) };
    } catch (thrown) {
      const { gateways, cause } = thrown instanceof GatewayPoolError ? thrown : { gateways: all, cause: thrown };
      const given = this.#ending.signal.aborted ? (this.#ending.signal.reason as Error) : cause;
      const error = given instanceof Error ? given : new Error(String(given));
      const result = { job, instance, ...naming(gateways), outcome: 'failed', series: 0, bytes: 0 } as const;
      return { ...result, durationMs: performance.now() - begun, reason: error.message, error };
    }
  }
}

function naming(gateways: readonly string[]): Pick<PushResult, 'gateway' | 'gateways'> {
  return { gateway: gateways[0] ?? '', gateways: [...gateways] };
}

interface Count {
  series: number;
  bytes: number;
}

/**
 * Begins when the gateway is ready for the body: only a process whose turn it still is may go on then. Several gateways may
 * read at the same time, each a text of its own.
 */
async function* textOf(
  chunks: AsyncIterable<ExpositionChunk>,
  turn: Turn,
  whole: (count: Count) => void,
): AsyncGenerator<TextPiece> {
  await turn.keep();
  const count = { series: 0, bytes: 0 };
  for await (const { text, series } of chunks) {
    count.series += series;
    const parts = bytesOf(text);
    for (const { byteLength } of parts) count.bytes += byteLength;
    yield parts;
  }
  whole(count);
}

async function* firstAttempt(
  first: ExpositionChunk,
  others: AsyncIterable<ExpositionChunk>,
): AsyncGenerator<ExpositionChunk> {
  yield first;
  yield* others;
}
