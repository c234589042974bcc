import {
  type FamilyChunk,
  type ResolvedDefinition,
  type SampleLines,
  type Series,
  seriesText,
  type TextPiece,
} from '../model/index.js';
import type { BodyChunk } from './body-chunk.js';
import { familyHead } from './family-head.js';
import { formatNumber } from './format-number.js';
import { linesOf } from './samples.js';

/**
 * Text format 0.0.4: HELP and TYPE once, before the first series of a family. A family without series is left out:
 * HELP and TYPE alone mean nothing to a gateway. `now` in Unix milliseconds.
 */
export async function* formatFamilies(
  readings: AsyncIterable<readonly FamilyChunk[]>,
  now: number,
): AsyncGenerator<BodyChunk<TextPiece>> {
  let begun: string | undefined;
  for await (const reading of readings) {
    const parts: Uint8Array[] = [];
    let series = 0;
    for (const { definition, chunk } of reading) {
      const count = isText(chunk) ? chunk.series : chunk.length;
      if (count === 0) continue;
      if (begun !== definition.name) parts.push(headOf(definition));
      begun = definition.name;
      series += count;
      if (isText(chunk)) parts.push(...chunk.lines);
      else parts.push(Buffer.from(textOf(definition, chunk, now)));
    }
    if (series > 0) yield { piece: parts, series, bytes: parts.reduce((sum, { byteLength }) => sum + byteLength, 0) };
  }
}

function isText(chunk: readonly Series[] | SampleLines): chunk is SampleLines {
  return 'lines' in chunk;
}

function textOf(definition: ResolvedDefinition, chunk: readonly Series[], now: number): string {
  let text = '';
  for (const series of chunk) {
    for (const { suffix, labels, value } of linesOf(definition, series, now)) {
      text += `${seriesText(definition.name + suffix, labels)} ${formatNumber(value)}\n`;
    }
  }
  return text;
}

/** The same definitions come with every push. */
const heads = new WeakMap<ResolvedDefinition, Uint8Array>();

function headOf(definition: ResolvedDefinition): Uint8Array {
  const known = heads.get(definition);
  if (known) return known;
  const { name, help, type } = definition;
  const head = Buffer.from(familyHead(name, help, type));
  heads.set(definition, head);
  return head;
}
