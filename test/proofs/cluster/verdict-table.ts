import type { RunVerdict } from './run.js';

/** One line of the table. */
export interface Row {
  readonly strategy: string;
  readonly fault: string;
  readonly verdict: RunVerdict;
}

const HEADINGS = [
  'resets()',
  'steps back',
  'increase()',
  'reckoned',
  'last values',
  'lost',
  'longest behind',
  'first events lost',
];
const WIDTHS = [8, 10, 10, 10, 17, 5, 14, 17];
const STRATEGY_WIDTH = 18;
const FAULT_WIDTH = 25;

export const heading = (): string => line('strategy', 'fault', HEADINGS);

export function tableRow({ strategy, fault, verdict }: Row): string {
  return line(strategy, fault, [
    String(verdict.falseResets),
    String(verdict.backwardSteps),
    percent(verdict.increaseError),
    percent(verdict.reckonedError),
    verdict.lastRight.map((isRight) => (isRight ? 'right' : 'WRONG')).join(' '),
    String(verdict.lost),
    `${verdict.longestBehindSeconds.toFixed(1)} s`,
    verdict.storesStarts ? String(verdict.firstLost) : 'not stored',
  ]);
}

function line(strategy: string, fault: string, cells: readonly string[]): string {
  const padded = cells.map((cell, at) => cell.padStart(WIDTHS[at] ?? 0));
  return [strategy.padEnd(STRATEGY_WIDTH), fault.padEnd(FAULT_WIDTH), ...padded].join('  ');
}

function percent(share: number): string {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}
