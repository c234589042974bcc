import { printable } from '../../errors/printable.js';
import { formatNumber } from '../../exposition/index.js';
import { parseLabels } from '../../model/index.js';
import type { Output } from '../output.js';
import { cut } from '../screen/text-width.js';
import { table } from '../screen/table.js';
import { detailOf } from './detail.js';
import { type FamilyValues, type Shown, sorted } from './read-values.js';

const DIGITS = 12;
/** Of what is only about right, or is no count itself: means and quantiles. */
const DIGITS_OF_ESTIMATES = 6;
const EXACT: readonly string[] = ['value', 'count', 'sum'];

/** A line for each metric. */
export function overviewText(families: readonly FamilyValues[], output: Output): string {
  if (families.length === 0) return 'nothing is stored\n';
  const jobs = new Set(families.map(({ job }) => job));
  const columns = [
    ...(jobs.size > 1 ? [{ title: 'job' }] : []),
    { title: 'metric', isWhole: true },
    { title: 'type' },
    { title: 'series', isNumber: true },
    { title: 'value', isNumber: true },
    { title: 'of' },
  ];
  const rows = families.map(({ job, definition: { name, type }, seriesCount, total }) => [
    ...(jobs.size > 1 ? [job] : []),
    name,
    type,
    String(seriesCount),
    seriesCount === 0 ? '' : numberText(total),
    seriesCount === 0 ? '' : meaningOf(type, seriesCount),
  ]);
  return table(columns, rows, output);
}

function meaningOf(type: string, series: number): string {
  if (type === 'histogram' || type === 'summary') return 'observed';
  if (series === 1) return '';
  return type === 'gauge' ? 'highest' : 'all';
}

/** A table of series for each metric. */
export function seriesText(families: readonly FamilyValues[], shown: Shown, output: Output): string {
  return families.map((family) => familyText(family, shown, output)).join('\n');
}

function familyText(family: FamilyValues, shown: Shown, output: Output): string {
  const { job, definition, seriesCount } = family;
  const { name, type, help, labelNames } = definition;
  const title = printable(`${name}, ${type} of job ${job}: ${help}`);
  const head = output.isTTY && output.columns ? cut(title, output.columns) : title;
  if (seriesCount === 0) return `${head}\nno series\n`;
  const series = sorted(family, shown).slice(0, shown.limit);
  const details = series.map((one) => detailOf(family, one));
  const labelSets = series.map(({ labels }) => parseLabels(labels));
  // Series past the limit are counted under a label of its own.
  const names = [...new Set([...labelNames, ...labelSets.flatMap((labels) => Object.keys(labels))])];
  const columns = [
    ...names.map((title) => ({ title })),
    ...Object.keys(details[0] ?? {}).map((title) => ({ title, isNumber: true })),
  ];
  const rows = labelSets.map((labels, at) => [
    ...names.map((label) => labels[label] ?? ''),
    ...Object.entries(details[at] ?? {}).map(([title, value]) =>
      numberText(value, EXACT.includes(title) ? DIGITS : DIGITS_OF_ESTIMATES),
    ),
  ]);
  const more = seriesCount - series.length;
  const note = more > 0 ? `… ${more} more of ${seriesCount} series: --limit 0 shows all\n` : '';
  return `${head}\n${table(columns, rows, output)}${note}`;
}

/** Rounded where it is no whole number: a sum of decimals is not round. */
function numberText(value: number, digits = DIGITS): string {
  return formatNumber(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
}
