import type { Comparison, Figures, Row } from './row.js';
import { median } from './statistics.js';

export type Verdict = 'aim' | 'at least' | 'missed' | 'to know';

/** A row with its figures: medians of all rounds. */
export interface Result extends Row {
  readonly usValue: number;
  readonly peerValue: number | undefined;
  /** As the row compares. The median over the rounds, each compared within itself: a machine that is slower for a while is so for both. */
  readonly ratio: number;
  readonly verdict: Verdict;
}

/** The figures of every contestant, one entry per round. */
export type Rounds = Readonly<Record<string, readonly Figures[]>>;

/** @throws RangeError if a contestant did not measure what the row asks for. */
export function judge(row: Row, rounds: Rounds): Result {
  const us = figuresOf(row.us, rounds);
  const peer = row.peer === undefined ? undefined : figuresOf(row.peer, rounds);
  const ratio = median(us.map((value, round) => compare(row.compare, value, peer?.[round])));
  return {
    ...row,
    usValue: median(us),
    peerValue: peer && median(peer),
    ratio,
    verdict: verdictOf(row, ratio),
  };
}

/** More than 1 is better than the target, in the same measure for all comparisons. */
export function score(comparison: Comparison, ratio: number, target: number): number {
  if (comparison === 'faster') return ratio / target;
  return ratio <= 0 ? Infinity : target / ratio;
}

function verdictOf({ compare: comparison, least, aim }: Row, ratio: number): Verdict {
  if (least === undefined) return 'to know';
  if (aim !== undefined && score(comparison, ratio, aim) >= 1) return 'aim';
  return score(comparison, ratio, least) >= 1 ? 'at least' : 'missed';
}

function compare(comparison: Comparison, us: number, peer = Number.NaN): number {
  switch (comparison) {
    case 'faster':
      return peer / us;
    case 'times':
      return us / peer;
    case 'over':
      return us - peer;
    case 'alone':
      return us;
  }
}

function figuresOf(path: string, rounds: Rounds): number[] {
  const [contestant = '', figure = ''] = path.split('.');
  return (rounds[contestant] ?? []).map((figures) => {
    const value = figures[figure];
    if (value === undefined) throw new RangeError(`Expected "${contestant}" to measure "${figure}", got none`);
    return value;
  });
}
