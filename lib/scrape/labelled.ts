import {
  canonicalLabels,
  type FamilyChunk,
  type Group,
  groupingLabels,
  metricNameText,
  isClassicMetricName,
  type SampleLines,
  type Series,
} from '../model/index.js';

const LINE_BREAK = 0x0a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

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
  const isClassic = isClassicMetricName(name);
  // Other names stand in the braces: `{"na.me",labels}`.
  const headLength = isClassic ? name.length : Buffer.byteLength(metricNameText(name)) + 1;
  return {
    series,
    lines: chunk.lines.map((part) => linesWith(part, headLength, before, isClassic)),
    ...(startOf && {
      startOf: (labels: Uint8Array, from: number, to: number) =>
        startOf(labels, Math.min(from + before.length + 1, to), to),
    }),
    ...(exemplars && { exemplars: new Map([...exemplars].map(([own, each]) => [joined(text, own), each])) }),
  };
}

/** Byte by byte only where a line begins: the rest is copied. */
function linesWith(part: Uint8Array, headLength: number, before: Buffer, isClassic: boolean): Uint8Array {
  // The shortest line has a name of one character, a blank, a digit and a break.
  const room = part.length + Math.ceil(part.length / (headLength + 3)) * (before.length + 2);
  const out = Buffer.allocUnsafe(room);
  let to = 0;
  for (let from = 0; from < part.length;) {
    const end = part.indexOf(LINE_BREAK, from) + 1 || part.length;
    const headEnd = from + headLength;
    const hasLabels = part[headEnd] === OPEN;
    out.set(part.subarray(from, headEnd), to);
    to += headLength;
    out[to++] = isClassic ? OPEN : COMMA;
    to += before.copy(out, to);
    if (isClassic) out[to++] = hasLabels ? COMMA : CLOSE;
    const rest = part.subarray(headEnd + (hasLabels ? 1 : 0), end);
    out.set(rest, to);
    to += rest.length;
    from = end;
  }
  return out.subarray(0, to);
}
