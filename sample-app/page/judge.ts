import type { Truth } from './truth.js';

/**
 * What a value says of its place: `right`, it agrees with what happened here; `due`, it is behind, and may be for a while yet;
 * `wrong`, it differs for longer than it may; `none`, the group is rightly somewhere else; `unknown`, the place does not
 * answer.
 */
export type Verdict = 'right' | 'due' | 'wrong' | 'none' | 'unknown';

export interface Look {
  /** Undefined where there is no such series: one never counted need not exist. */
  readonly value: number | undefined;
  /** For how long it may be behind, in milliseconds; Infinity while nothing is pushed. */
  readonly mayLagMs: number;
  readonly at: number;
}

/** Judges the cells of one place, one per row, again and again. */
export class Judge {
  /** By row: when it last showed something that was true within the time it may lag. */
  readonly #fineAt = new Map<number, number>();

  constructor(private readonly truth: Truth) {}

  judge(row: number, { value = 0, mayLagMs, at }: Look): Verdict {
    if (value === this.truth.now[row]) {
      this.#fineAt.set(row, at);
      return 'right';
    }
    const { low, high } = this.truth.since(row, at - mayLagMs);
    if (value >= low && value <= high) this.#fineAt.set(row, at);
    const fineAt = this.#fineAt.get(row) ?? at;
    this.#fineAt.set(row, fineAt);
    return at - fineAt <= mayLagMs ? 'due' : 'wrong';
  }

  /** What could not be read is judged anew when it can: for so long as it may lag it may be behind. */
  forget(): void {
    this.#fineAt.clear();
  }
}

/** One word for many verdicts. */
export function worst(verdicts: readonly Verdict[]): Exclude<Verdict, 'none'> {
  return (['wrong', 'due', 'unknown'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'right';
}
