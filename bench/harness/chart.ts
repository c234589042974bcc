import { score, type Result } from './judge.js';
import { bar, label, line, svg } from './svg.js';

const WIDTH = 900;
const NAMES = 470;
const ROW = 22;
const HEAD = 40;
const COLOURS = { aim: '#2da44e', 'at least': '#bf8700', missed: '#cf222e', 'to know': '#7d8590' } as const;
/** Bars end here: tenfold of what is asked for shows as much as a hundredfold. */
const LONGEST = 10;
const SHORTEST = 0.1;

/** How every row with a target stands to it: at 1 it reaches "at least"; the scale is logarithmic. */
export function chart(results: readonly Result[]): string {
  const rows = results.filter(({ least }) => least !== undefined);
  const bottom = HEAD + rows.length * ROW;
  const x = (value: number): number => {
    const bound = Math.min(LONGEST, Math.max(SHORTEST, value));
    return NAMES + (Math.log10(bound / SHORTEST) / Math.log10(LONGEST / SHORTEST)) * (WIDTH - NAMES - 20);
  };
  const grid = [0.1, 0.3, 1, 3, 10].flatMap((value) => [
    line(
      [
        [x(value), HEAD - 8],
        [x(value), bottom],
      ],
      value === 1 ? '#7d8590' : '#7d859040',
    ),
    label(x(value), HEAD - 14, value === 1 ? 'at least' : `${value}x`, 'middle'),
  ]);
  const bars = rows.flatMap(({ name, compare, ratio, least = 1, aim, verdict }, at) => {
    const y = HEAD + at * ROW;
    const from = x(SHORTEST);
    const reached = x(score(compare, ratio, least));
    return [
      label(NAMES - 8, y + 14, name, 'end'),
      bar(from, y + 3, reached - from, ROW - 8, COLOURS[verdict]),
      ...(aim === undefined ? [] : [bar(x(score(compare, aim, least)), y + 1, 2, ROW - 4, COLOURS.aim)]),
    ];
  });
  return svg(WIDTH, bottom + 10, [...grid, ...bars]);
}
