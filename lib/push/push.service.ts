import type { ExpositionChunk } from '../exposition/index.js';
import type { GatewayPool, PoolAnswer } from '../gateway/index.js';
import type { Group, PushResult } from '../model/index.js';
import type { Store } from '../store/index.js';
import type { MetricText } from './metric-text.js';
import { takeTurn, type Turn } from './turn.js';

export interface PushOptions {
  /** Skip the push if another one took its turn less than this long ago. Default: push in any case. */
  notAgainWithinMs?: number;
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
  constructor(
    private readonly metricText: MetricText,
    private readonly store: Store,
    private readonly pool: GatewayPool,
    /** Longest time that the gateway may take: the turn lasts longer. */
    private readonly timeoutMs: number,
  ) {}

  push(job: string, options: PushOptions = {}): Promise<PushResult> {
    return this.#report(job, () => this.#transfer(job, 'push', options));
  }

  pushAdd(job: string): Promise<PushResult> {
    return this.#report(job, () => this.#transfer(job, 'pushAdd', {}));
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
    return this.#inTurn(group, options, (turn) => this.#send(group, verb, turn));
  }

  async #inTurn(
    group: Group,
    options: PushOptions & { isCoverable?: boolean },
    act: (turn: Turn) => Promise<Transfer>,
  ): Promise<Transfer> {
    const turn = await takeTurn(this.store, group, this.timeoutMs, options.notAgainWithinMs, options.isCoverable);
    if ('skipped' in turn) return { answer: undefined, series: 0, bytes: 0, reason: turn.skipped };
    let transfer: Transfer | undefined;
    try {
      transfer = await act(turn);
      return transfer;
    } finally {
      await turn.end(transfer?.coversWaiters === true);
    }
  }

  async #send(group: Group, verb: 'push' | 'pushAdd', turn: Turn): Promise<Transfer> {
    const count = { series: 0, bytes: 0 };
    const chunks = this.metricText.chunks(group.job);
    const first = await chunks.next();
    // A push without samples would empty the group: that is what delete() is for.
    if (first.done) return { answer: undefined, ...count, reason: 'nothing to push: the store holds no series' };
    const attempts = [firstAttempt(first.value, chunks)];
    const text = () => textOf(attempts.pop() ?? this.metricText.chunks(group.job), turn, count);
    const answer = await this.pool[verb](group, text, turn.token);
    return { answer, ...count, coversWaiters: verb === 'push' };
  }

  async #report(job: string, act: () => Promise<Transfer>): Promise<PushResult> {
    const begun = performance.now();
    const { instance } = this.metricText.groupOf(job);
    const [address = ''] = this.pool.addresses;
    const base = { job, instance, gateway: address, gateways: [...this.pool.addresses], series: 0, bytes: 0 };
    try {
      const { answer, series, bytes, reason } = await act();
      return {
        ...base,
        ...answer,
        outcome: answer ? 'pushed' : 'skipped',
        series,
        bytes,
        durationMs: performance.now() - begun,
        ...(reason !== undefined && { reason }),
      };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const durationMs = performance.now() - begun;
      return { ...base, outcome: 'failed', durationMs, reason: error.message, error };
    }
  }
}

/** Begins when the gateway is ready for the body: only a process whose turn it still is may go on then. */
async function* textOf(
  chunks: AsyncIterable<ExpositionChunk>,
  turn: Turn,
  count: { series: number; bytes: number },
): AsyncGenerator<string | Uint8Array> {
  await turn.keep();
  Object.assign(count, { series: 0, bytes: 0 });
  const note = ({ text, series }: ExpositionChunk): string | Uint8Array => {
    count.series += series;
    count.bytes += typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength;
    return text;
  };
  for await (const chunk of chunks) yield note(chunk);
}

async function* firstAttempt(
  first: ExpositionChunk,
  others: AsyncIterable<ExpositionChunk>,
): AsyncGenerator<ExpositionChunk> {
  yield first;
  yield* others;
}
