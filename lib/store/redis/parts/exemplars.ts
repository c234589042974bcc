import type { Exemplar } from '../../../model/index.js';
import { pairs } from './pairs.js';

/** How exemplars look in Redis: as exemplars.lua says. */
const TIME_AT = 4;
const VALUE_AT = 12;
const LENGTH_AT = 20;
const HEAD = 22;

export function packExemplars(exemplars: readonly Exemplar[]): Buffer {
  return Buffer.concat(
    exemplars.flatMap(({ bucket, timeMs, value, labels }) => {
      const text = Buffer.from(labels);
      const head = Buffer.allocUnsafe(HEAD);
      head.writeUInt32LE(bucket);
      head.writeDoubleLE(timeMs, TIME_AT);
      head.writeDoubleLE(value, VALUE_AT);
      head.writeUInt16LE(text.length, LENGTH_AT);
      return [head, text];
    }),
  );
}

function unpackExemplars(packed: Buffer): Exemplar[] {
  const exemplars: Exemplar[] = [];
  for (let at = 0; at + HEAD <= packed.length;) {
    const end = at + HEAD + packed.readUInt16LE(at + LENGTH_AT);
    exemplars.push({
      bucket: packed.readUInt32LE(at),
      timeMs: packed.readDoubleLE(at + TIME_AT),
      value: packed.readDoubleLE(at + VALUE_AT),
      labels: packed.toString('utf8', at + HEAD, end),
    });
    at = end;
  }
  return exemplars;
}

/** What read.lua gives: by the labels of the series. */
export function exemplarsOf(reply: readonly Buffer[]): ReadonlyMap<string, readonly Exemplar[]> | undefined {
  if (reply.length === 0) return undefined;
  return new Map(pairs(reply).map(([labels, packed]) => [labels.toString(), unpackExemplars(packed)]));
}
