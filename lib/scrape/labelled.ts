import {
  canonicalLabels,
  type FamilyChunk,
  type Group,
  groupingLabels,
  type SampleLines,
  type Series,
} from '../model/index.js';

const LINE_BREAK = 0x0a;
const OPEN = 0x7b;

/** The labels that a gateway would give to the series of a group, and further ones, canonical: never empty. */
export function labelsOfGroup(group: Group, further: Readonly<Record<string, string>>): string {
  const all = [...groupingLabels(group), ...Object.entries(further)];
  return canonicalLabels(
    all.map(([name]) => name),
    all.map(([, value]) => value),
  );
}

/** The same series with more labels before their own. */
export async function* labelled(
  readings: AsyncIterable<readonly FamilyChunk[]>,
  labels: string,
): AsyncGenerator<readonly FamilyChunk[]> {
  const before = Buffer.from(labels);
  for await (const reading of readings) {
    yield reading.map(({ definition, chunk }) => ({
      definition,
      chunk:
        'lines' in chunk
          ? labelledLines(chunk, definition.name.length, before)
          : chunk.map((one) => withLabels(one, labels)),
    }));
  }
}

function withLabels(series: Series, labels: string): Series {
  return { ...series, labels: joined(labels, series.labels) };
}

function joined(before: string, own: string): string {
  return own === '' ? before : `${before},${own}`;
}

function labelledLines(chunk: SampleLines, nameLength: number, before: Buffer): SampleLines {
  const { startOf, exemplars, series } = chunk;
  const text = before.toString();
  return {
    series,
    lines: chunk.lines.map((part) => linesWith(part, nameLength, before)),
    ...(startOf && {
      startOf: (labels: Uint8Array, from: number, to: number) =>
        startOf(labels, Math.min(from + before.length + 1, to), to),
    }),
    ...(exemplars && { exemplars: new Map([...exemplars].map(([own, each]) => [joined(text, own), each])) }),
  };
}

/** Byte by byte only where a line begins: the rest is copied. */
function linesWith(part: Uint8Array, nameLength: number, before: Buffer): Uint8Array {
  // The shortest line has a name of one character, a blank, a digit and a break.
  const room = part.length + Math.ceil(part.length / (nameLength + 3)) * (before.length + 2);
  const out = Buffer.allocUnsafe(room);
  let to = 0;
  for (let from = 0; from < part.length;) {
    const end = part.indexOf(LINE_BREAK, from) + 1 || part.length;
    const labelsAt = from + nameLength;
    const hasLabels = part[labelsAt] === OPEN;
    out.set(part.subarray(from, labelsAt), to);
    to += nameLength;
    out[to++] = OPEN;
    to += before.copy(out, to);
    to += out.write(hasLabels ? ',' : '}', to);
    const rest = part.subarray(labelsAt + (hasLabels ? 1 : 0), end);
    out.set(rest, to);
    to += rest.length;
    from = end;
  }
  return out.subarray(0, to);
}
