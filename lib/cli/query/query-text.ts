import { printable } from '../../errors/printable.js';
import { formatNumber } from '../../exposition/index.js';
import type { InstantSample, RangeSeries } from '../../prometheus/index.js';
import type { Output } from '../output.js';
import { type Column, table } from '../screen/table.js';
import { wrapped } from '../terminal.js';
import type { Range } from './range.js';
import { sparkline } from './sparkline.js';

const NAME = '__name__';
const NOTHING = 'no series\n';
/** Significant digits: more nobody reads. */
const DIGITS = 6;

interface Labelled {
  readonly metric: Readonly<Record<string, string>>;
}

/** A row for each series. */
export function instantText(samples: readonly InstantSample[], limit: number, output: Output): string {
  const numbers = [{ title: 'value', isNumber: true }];
  return rowsText(samples, numbers, ({ value }) => [formatNumber(value)], limit, output);
}

/** A row for each series, with a bar for each step. */
export function rangeText(series: readonly RangeSeries[], range: Range, limit: number, output: Output): string {
  const columns = [
    { title: 'lowest', isNumber: true },
    { title: 'highest', isNumber: true },
    { title: 'last', isNumber: true },
    { title: `each ${range.step} s`, isWhole: true },
  ];
  const cells = ({ values }: RangeSeries): string[] => {
    const all = values.map(({ value }) => value).filter((value) => !Number.isNaN(value));
    const points = new Array<number | undefined>(Math.floor((range.end - range.start) / range.step + 1e-6) + 1);
    for (const { timestamp, value } of values) points[Math.round((timestamp - range.start) / range.step)] = value;
    const lowest = all.reduce((low, value) => Math.min(low, value), Infinity);
    const highest = all.reduce((high, value) => Math.max(high, value), -Infinity);
    const ends = all.length === 0 ? ['NaN', 'NaN'] : [short(lowest), short(highest)];
    return [...ends, short(values.at(-1)?.value ?? NaN), sparkline([...points])];
  };
  return rowsText(series, columns, cells, limit, output);
}

function rowsText<Row extends Labelled>(
  all: readonly Row[],
  columns: readonly Column[],
  cells: (row: Row) => readonly string[],
  limit: number,
  output: Output,
): string {
  if (all.length === 0) return NOTHING;
  const shown = all.slice(0, limit);
  const names = [...new Set(shown.flatMap(({ metric }) => Object.keys(metric)))].sort();
  // What is the same everywhere needs no column.
  const common = shown.length === 1 ? [] : names.filter((name) => isSame(shown.map(({ metric }) => metric[name])));
  const own = names.filter((name) => !common.includes(name));
  const titles = own.map((name) => ({ title: name === NAME ? 'metric' : name }));
  const rows = shown.map((row) => [...own.map((name) => row.metric[name] ?? ''), ...cells(row)]);
  const labels = common.map((name) => `${name === NAME ? 'metric' : name} ${shown[0]?.metric[name] ?? ''}`).join(', ');
  const head = labels === '' ? '' : `${wrapped(printable(`all: ${labels}`), 'all: '.length, output)}\n`;
  const more = all.length - shown.length;
  const note = more > 0 ? `… ${more} more of ${all.length} series: --limit 0 shows all\n` : '';
  return `${head}${table([...titles, ...columns], rows, output)}${note}`;
}

function isSame(values: readonly (string | undefined)[]): boolean {
  return values.every((value) => value === values[0]);
}

function short(value: number): string {
  return formatNumber(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));
}

/** What `--json` prints: JSON has no NaN and no infinity, those are texts. */
export function plainSamples(samples: readonly InstantSample[]): object[] {
  return samples.map(({ metric, value, timestamp }) => ({ labels: metric, value: plain(value), timestamp }));
}

/** The same of a range: pairs of Unix seconds and value. */
export function plainSeries(series: readonly RangeSeries[]): object[] {
  return series.map(({ metric, values }) => ({
    labels: metric,
    values: values.map(({ timestamp, value }) => [timestamp, plain(value)]),
  }));
}

function plain(value: number): number | string {
  return Number.isFinite(value) ? value : formatNumber(value);
}
