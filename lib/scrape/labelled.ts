import {
  canonicalLabels,
  type FamilyChunk,
  type Group,
  groupingLabels,
  lineOpening,
  type SampleLines,
  type Series,
} from '../model/index.js';

const LINE_BREAK = 0x0a;
const CLOSE = '}';

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
        'lines' in chunk ? labelledLines(chunk, definition.name, before) : chunk.map((one) => withLabels(one, labels)),
    }));
  }
}

function withLabels(series: Series, labels: string): Series {
  return { ...series, labels: joined(labels, series.labels) };
}

function joined(before: string, own: string): string {
  return own === '' ? before : `${before},${own}`;
}

function labelledLines(chunk: SampleLines, name: string, before: Buffer): SampleLines {
  const { startOf, exemplars, series } = chunk;
  const text = before.toString();
  return {
    series,
    lines: chunk.lines.map((part) => linesWith(part, name, before)),
    ...(startOf && {
      startOf: (labels: Uint8Array, from: number, to: number) =>
        startOf(labels, Math.min(from + before.length + 1, to), to),
    }),
    ...(exemplars && { exemplars: new Map([...exemplars].map(([own, each]) => [joined(text, own), each])) }),
  };
}

/** Byte by byte only where a line begins: the rest is copied. */
function linesWith(part: Uint8Array, name: string, before: Buffer): Uint8Array {
  const [text, sign] = lineOpening(name);
  const [nameLength, signCode] = [Buffer.byteLength(text), sign.charCodeAt(0)];
  // A brace that stands before the name is closed already.
  const end = sign === ',' ? '' : CLOSE;
  // The shortest line has a name of one character, a blank, a digit and a break.
  const room = part.length + Math.ceil(part.length / (nameLength + 3)) * (before.length + 2);
  const out = Buffer.allocUnsafe(room);
  let to = 0;
  for (let from = 0; from < part.length;) {
    const next = part.indexOf(LINE_BREAK, from) + 1 || part.length;
    const labelsAt = from + nameLength;
    const hasLabels = part[labelsAt] === signCode;
    out.set(part.subarray(from, labelsAt), to);
    to += nameLength;
    out[to++] = signCode;
    to += before.copy(out, to);
    to += out.write(hasLabels ? ',' : end, to);
    const rest = part.subarray(labelsAt + (hasLabels ? 1 : 0), next);
    out.set(rest, to);
    to += rest.length;
    from = next;
  }
  return out.subarray(0, to);
}
