import type { Result } from './judge.js';
import type { Comparison } from './row.js';

const HEAD = ['what', 'us', 'peer', 'ratio', 'at least', 'aim', 'verdict'] as const;

/** What stands before and after a ratio or a target of that kind. */
const WORDS: Readonly<Record<Comparison, (value: string, unit: string) => string>> = {
  faster: (value) => `${value}x less`,
  times: (value) => `${value}x`,
  over: (value, unit) => `+${value} ${unit}`,
  alone: (value, unit) => `${value} ${unit}`,
};

/** One line per row, columns aligned; also valid Markdown. */
export function table(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(HEAD), rule, ...rows.slice(1).map(line)].join('\n');
}

function cells(result: Result): string[] {
  const { name, unit, compare, usValue, peerValue, ratio, least, aim, verdict } = result;
  const word = (value: number | undefined): string => (value === undefined ? '' : WORDS[compare](short(value), unit));
  return [
    name,
    `${short(usValue)} ${unit}`,
    peerValue === undefined ? '' : `${short(peerValue)} ${unit}`,
    compare === 'alone' ? '' : word(ratio),
    word(least),
    word(aim),
    verdict,
  ];
}

/** Three digits that count: 0.0712, 7.12, 71.2, 712, 71,200. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Number(value.toPrecision(3));
  return Math.abs(digits) >= 1_000 ? digits.toLocaleString('en-US') : String(digits);
}
