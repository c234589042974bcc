/**
 * What asks a gateway for its metrics as the text of protobuf messages, one line a family: start times stand in no other text, and nothing
 * has to be decoded.
 */
export const AS_MESSAGES =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text;escaping=allow-utf-8';

/** A series whose start time a gateway shows. */
export interface StartedSeries {
  /** As Prometheus stores it: of a histogram or summary its `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix time in milliseconds. */
  readonly startMs: number;
}

/** What a gateway shows of some jobs' counters, histograms and summaries. */
export interface ShownStarts {
  readonly series: number;
  /** Those with a start time among them. */
  readonly started: number;
  /** The one that began last. */
  readonly newest?: StartedSeries;
}

const FAMILY = /^name:"((?:[^"\\]|\\.)*)" .*?\btype:(COUNTER|HISTOGRAM|SUMMARY)\b/;
const TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;
/**
 * In this order: where a series begins; a label of it; its start; its start as gateways before 1.6 show it, which know no such field and
 * give the bytes of field 3, 4 or 15; any other text, so that nothing is found within one.
 */
const TOKENS = new RegExp(
  [
    String.raw`(metric):[<{]`,
    String.raw`label:[<{]\s*name:${TEXT}\s+value:${TEXT}`,
    String.raw`(?:created|start)_timestamp:[<{]\s*seconds:(\d+)(?:\s+nanos:(\d+))?`,
    String.raw`\b(?:3|4|15):${TEXT}`,
    TEXT,
  ].join('|'),
  'g',
);

/** Reads a page of {@link AS_MESSAGES}. */
export function parseStarts(page: string, jobs: readonly string[]): ShownStarts {
  let [series, started] = [0, 0];
  let newest: StartedSeries | undefined;
  for (const line of page.split('\n')) {
    const [, quoted, type] = FAMILY.exec(line) ?? [];
    if (quoted === undefined) continue;
    const family = bytesOf(quoted).toString();
    const name = type === 'COUNTER' ? family : `${family}_count`;
    for (const { labels, startMs } of seriesIn(line)) {
      if (!jobs.includes(labels['job'] ?? '')) continue;
      series += 1;
      if (startMs === undefined) continue;
      started += 1;
      if (newest === undefined || startMs > newest.startMs) newest = { name, labels, startMs };
    }
  }
  return { series, started, ...(newest && { newest }) };
}

function seriesIn(line: string): { labels: Record<string, string>; startMs?: number }[] {
  const all: { labels: Record<string, string>; startMs?: number }[] = [];
  for (const [, begins, label, value, seconds, nanos = '0', bytes] of line.matchAll(TOKENS)) {
    if (begins !== undefined) all.push({ labels: {} });
    const series = all.at(-1);
    if (series === undefined) continue;
    if (label !== undefined) series.labels[label] = bytesOf(value ?? '').toString();
    else if (seconds !== undefined) series.startMs = millisecondsOf(Number(seconds), Number(nanos));
    else if (bytes !== undefined) series.startMs = timestampOf(bytesOf(bytes));
  }
  return all;
}

const millisecondsOf = (seconds: number, nanos: number): number => seconds * 1_000 + Math.floor(nanos / 1e6);

/** Seconds as field 1 and nanoseconds as field 2 of a message, both as varints. */
function timestampOf(bytes: Buffer): number {
  const fields = new Map<number, number>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) fields.set(varint() >> 3, varint());
  return millisecondsOf(fields.get(1) ?? 0, fields.get(2) ?? 0);
}

const ESCAPED: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPES = /\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\([0-7]{3})|\\(.)|([^\\]+)/g;

/** A text as Go quotes it. */
function bytesOf(quoted: string): Buffer {
  const parts = [...quoted.matchAll(ESCAPES)].map(([, byte, short, long, octal, letter, plain]) => {
    if (byte !== undefined) return Buffer.of(parseInt(byte, 16));
    if (octal !== undefined) return Buffer.of(parseInt(octal, 8));
    const point = short ?? long;
    if (point !== undefined) return Buffer.from(String.fromCodePoint(parseInt(point, 16)));
    return Buffer.from(plain ?? ESCAPED[letter as string] ?? (letter as string));
  });
  return Buffer.concat(parts);
}
