import {
  type Exemplar,
  type FamilyChunk,
  lineOpening,
  metricNameText,
  type ResolvedDefinition,
  type SampleLines,
  type Series,
  seriesText,
  type TextPiece,
} from '../model/index.js';
import type { BodyChunk } from './body-chunk.js';
import { formatNumber } from './format-number.js';
import { type Line, linesOf } from './samples.js';

const TOTAL = '_total';
const LINE_BREAK = 0x0a;

export interface OpenMetricsOptions {
  /** Write `_created` lines: Prometheus makes a series of each, unless it takes them for start times. Default false. */
  readonly created?: boolean;
}

/**
 * OpenMetrics 1.0 text, exemplars included. Series have the same names and labels as in the text format 0.0.4: a counter whose name does
 * not end in `_total` is of type `unknown`, as OpenMetrics has no such counter. `now` in Unix milliseconds.
 */
export async function* formatOpenMetrics(
  readings: AsyncIterable<readonly FamilyChunk[]>,
  now: number,
  { created = false }: OpenMetricsOptions = {},
): AsyncGenerator<BodyChunk<TextPiece>> {
  let begun: string | undefined;
  for await (const reading of readings) {
    const parts: Uint8Array[] = [];
    let series = 0;
    for (const { definition, chunk } of reading) {
      const isText = 'lines' in chunk;
      const count = isText ? chunk.series : chunk.length;
      if (count === 0) continue;
      if (begun !== definition.name) parts.push(Buffer.from(headOf(definition)));
      begun = definition.name;
      series += count;
      if (isText) parts.push(...linesAs(definition, chunk, created));
      else parts.push(Buffer.from(chunk.map((one) => textOf(definition, one, now, created)).join('')));
    }
    if (series > 0) yield { piece: parts, series, bytes: parts.reduce((sum, { byteLength }) => sum + byteLength, 0) };
  }
  const end = Buffer.from('# EOF\n');
  yield { piece: [end], series: 0, bytes: end.byteLength };
}

function isPlain({ type, name }: ResolvedDefinition): boolean {
  return type === 'gauge' || (type === 'counter' && !name.endsWith(TOTAL));
}

/** What stands before `_total`, `_created` and the like. */
function familyName({ name, type }: ResolvedDefinition): string {
  return type === 'counter' && name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name;
}

function headOf(definition: ResolvedDefinition): string {
  const name = familyName(definition);
  const type = definition.type === 'counter' && name === definition.name ? 'unknown' : definition.type;
  const help = definition.help.replace(/[\\\n"]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  const text = metricNameText(name);
  return `# HELP ${text} ${help}\n# TYPE ${text} ${type}\n`;
}

/** Lines of the other format are lines of this one, but for what that has no place for. */
function linesAs(definition: ResolvedDefinition, chunk: SampleLines, created: boolean): readonly Uint8Array[] {
  const { lines, startOf, exemplars } = chunk;
  const hasStarts = created && startOf !== undefined;
  if (isPlain(definition) || (!hasStarts && exemplars === undefined)) return lines;
  const [opened, sign] = lineOpening(definition.name);
  const openedBytes = Buffer.byteLength(opened);
  return lines.map((part) => {
    let text = '';
    for (let from = 0; from < part.length;) {
      const end = part.indexOf(LINE_BREAK, from);
      const line = Buffer.from(part.buffer, part.byteOffset + from, end - from).toString();
      const skipped = line[opened.length] === sign ? 1 : 0;
      const labels = skipped === 0 ? '' : line.slice(opened.length + 1, line.lastIndexOf('}'));
      const labelsFrom = from + openedBytes + skipped;
      const startMs = hasStarts ? startOf(part, labelsFrom, labelsFrom + Buffer.byteLength(labels)) : 0;
      text += `${line}${exemplarText(exemplars?.get(labels)?.[0])}\n${createdLine(definition, labels, startMs)}`;
      from = end + 1;
    }
    return Buffer.from(text);
  });
}

function textOf(definition: ResolvedDefinition, series: Series, now: number, created: boolean): string {
  const { labels, startMs = 0, exemplars = [] } = series;
  const isNumber = definition.type === 'counter' || definition.type === 'gauge';
  const shown = isPlain(definition) ? [] : exemplars;
  let bucket = 0;
  const exemplarOf = ({ suffix }: Line): Exemplar | undefined => {
    if (isNumber) return shown[0];
    if (suffix !== '_bucket') return undefined;
    const at = bucket++;
    return shown.find((exemplar) => exemplar.bucket === at);
  };
  const lines = linesOf(definition, series, now).map((line) => {
    const exemplar = exemplarText(exemplarOf(line));
    return `${seriesText(definition.name + line.suffix, line.labels)} ${formatNumber(line.value)}${exemplar}\n`;
  });
  return lines.join('') + (created && !isPlain(definition) ? createdLine(definition, labels, startMs) : '');
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { labels, value, timeMs } = exemplar;
  return ` # {${labels}} ${formatNumber(value)} ${seconds(timeMs)}`;
}

function createdLine(definition: ResolvedDefinition, labels: string, startMs: number): string {
  if (startMs <= 0) return '';
  return `${seriesText(`${familyName(definition)}_created`, labels)} ${seconds(startMs)}\n`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
