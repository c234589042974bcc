import { randomUUID } from 'node:crypto';
import type { Group } from '../../../model/index.js';
import type { Starts } from '../../series.js';
import type { BegunPush, PushTurn, PushWish, Turns } from '../../turns.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';
import { familyField } from '../family-field.js';
import { flag } from './packing.js';
import { ledgerOf } from './redis-ledger.js';
import { type RedisSeries, type SeriesReply, waitingOf } from './redis-series.js';
import { contestedOf } from './redis-shapes.js';

/** Weight of the series that come with the answer (reading.lua): 200 families of one series, or 1,000 lines of a few. */
const WEIGHT_AT_BEGIN = 1_000;

/** As turn.lua has it. */
const READING = 'read:';

type TurnReply = [taken: number, now: number, lastPushedAt: number, busyForMs: number, isReading: number];
type BeginReply = [TurnReply, Buffer[], Buffer[], Buffer[], SeriesReply[], Buffer[], Buffer, number];

export class RedisTurns implements Turns {
  readonly #begin = new Script('begin-push', 'starts', 'series', 'shapes', 'pushing', 'reading', 'turn');
  readonly #take = new Script('take-turn', 'turn');
  readonly #keep = new Script('keep-turn');
  readonly #end = new Script('end-turn');
  readonly #collect = new Script('collect');

  constructor(
    private readonly redis: RedisAccess,
    private readonly series: RedisSeries,
  ) {}

  async begin(group: Group, wish: PushWish): Promise<PushTurn & { begun?: BegunPush }> {
    const {
      ttlMs,
      notAgainWithinMs = '',
      notIfPushedAfter = '',
      knownPushAt,
      silentMs,
      shownForMs,
      withStarts = false,
      withExemplars = false,
      isReading = false,
    } = wish;
    const turn = `${isReading ? READING : ''}${randomUUID()}`;
    const ownClock = Date.now();
    const times = [ttlMs, notAgainWithinMs, notIfPushedAfter, knownPushAt, silentMs, ownClock, shownForMs];
    const reply = (await this.redis.run(this.#begin, group, [
      turn,
      ...times,
      WEIGHT_AT_BEGIN,
      flag(withStarts),
      flag(withExemplars),
    ])) as BeginReply;
    const [taken, contested, waiting, families, series, ledger, lostUntil, arePartsLost] = reply;
    const result = turnOf(turn, taken);
    if (result.turn === undefined) return result;
    try {
      const begun = {
        contested: contestedOf(contested),
        waiting: waitingOf(waiting),
        families: this.series.familiesIn(group, families, series),
        ledger: ledgerOf(ledger.map(String)),
        ...(arePartsLost === 1 && { arePartsLost: true }),
        ...(withStarts && { starts: { turn, at: Math.min(result.now, ownClock), lostUntil: Number(lostUntil) } }),
      };
      return { ...result, begun };
    } catch (error) {
      // What somebody else has written there cannot be read. Give the turn back; otherwise nobody can push until it runs out.
      await this.end(group, turn);
      throw error;
    }
  }

  async take(group: Group, ttlMs: number): Promise<PushTurn> {
    const turn = randomUUID();
    return turnOf(turn, (await this.redis.run(this.#take, group, [turn, ttlMs])) as TurnReply);
  }

  async keep(group: Group, turn: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.run(this.#keep, group, [turn, ttlMs])) === 1;
  }

  async end(group: Group, turn: string, pushedAt?: number, starts?: Starts | 'none'): Promise<void> {
    const lost = starts === 'none' ? starts : (starts?.lostUntil ?? '');
    await this.redis.run(this.#end, group, [turn, pushedAt ?? '', lost]);
  }

  async collects(group: Group, metrics: readonly string[], forMs: number): Promise<readonly string[]> {
    const args = [Math.max(Math.round(forMs), 1), ...metrics.map(familyField)];
    const answers = (await this.redis.run(this.#collect, group, args)) as number[];
    return metrics.filter((_, at) => answers[at] === 1);
  }
}

/** What turn.lua says. */
function turnOf(turn: string, reply: TurnReply): PushTurn {
  const [taken, now, lastPushedAt, busyForMs, isReading] = reply.map(Number) as TurnReply;
  return {
    ...(taken === 1 && { turn }),
    now,
    lastPushedAt,
    busyForMs,
    ...(isReading === 1 && { isBusyReading: true }),
  };
}
