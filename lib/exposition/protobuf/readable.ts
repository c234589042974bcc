/** How a field is written, and its name. */
type Field = readonly [name: string, kind: 'text' | 'double' | 'count' | 'type' | Fields];
type Fields = Readonly<Record<number, Field>>;

const TIME: Fields = { 1: ['seconds', 'count'], 2: ['nanos', 'count'] };
const LABEL: Fields = { 1: ['name', 'text'], 2: ['value', 'text'] };
const NUMBER: Fields = { 1: ['value', 'double'], 3: ['start_timestamp', TIME] };
const BUCKET: Fields = { 1: ['cumulative_count', 'count'], 2: ['upper_bound', 'double'] };
const QUANTILE: Fields = { 1: ['quantile', 'double'], 2: ['value', 'double'] };
const HISTOGRAM: Fields = {
  1: ['sample_count', 'count'],
  2: ['sample_sum', 'double'],
  3: ['bucket', BUCKET],
  15: ['start_timestamp', TIME],
};
const SUMMARY: Fields = {
  1: ['sample_count', 'count'],
  2: ['sample_sum', 'double'],
  3: ['quantile', QUANTILE],
  4: ['start_timestamp', TIME],
};
const METRIC: Fields = {
  1: ['label', LABEL],
  2: ['gauge', NUMBER],
  3: ['counter', NUMBER],
  4: ['summary', SUMMARY],
  7: ['histogram', HISTOGRAM],
};
/** Of the fields of metrics.proto those that a push has. */
const FAMILY: Fields = {
  1: ['name', 'text'],
  2: ['help', 'text'],
  3: ['type', 'type'],
  4: ['metric', METRIC],
  5: ['unit', 'text'],
};
const TYPES = ['COUNTER', 'GAUGE', 'SUMMARY', 'UNTYPED', 'HISTOGRAM'];

/** A body of `MetricFamily` messages as protobuf's text format, decoded from the bytes. */
export function readableMessages(body: Uint8Array): string {
  const reader = new Reader(body);
  let text = '';
  while (!reader.isAtEnd) text += `metric_family ${blockOf(reader.part(), FAMILY, '')}\n`;
  return text;
}

function blockOf(message: Uint8Array, fields: Fields, indent: string): string {
  const reader = new Reader(message);
  const inner = `${indent}  `;
  const lines: string[] = [];
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const [name, kind] = fields[tag >>> 3] as Field;
    if (typeof kind === 'object') lines.push(`${inner}${name} ${blockOf(reader.part(), kind, inner)}`);
    else lines.push(`${inner}${name}: ${valueOf(reader, kind)}`);
  }
  // What holds nothing but values fits on a line.
  const isShort = lines.length <= 2 && lines.every((line) => !line.endsWith('}'));
  return isShort ? `{ ${lines.map((line) => line.trim()).join(' ')} }` : `{\n${lines.join('\n')}\n${indent}}`;
}

function valueOf(reader: Reader, kind: Exclude<Field[1], Fields>): string {
  switch (kind) {
    case 'text':
      return JSON.stringify(Buffer.from(reader.part()).toString());
    case 'double':
      return doubleText(reader.double());
    case 'type':
      return TYPES[reader.varint()] as string;
    default:
      return String(reader.varint());
  }
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.bytes[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  /** A length, and so many bytes. */
  part(): Uint8Array {
    const length = this.varint();
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}
