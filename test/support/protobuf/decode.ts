import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

export interface DecodedLabel {
  readonly name: string;
  readonly value: string;
}

export interface DecodedTime {
  readonly seconds: number;
  readonly nanos: number;
}

export interface DecodedExemplar {
  readonly label?: readonly DecodedLabel[];
  readonly value: number;
  readonly timestamp: DecodedTime;
}

interface DecodedNumber {
  readonly value: number;
  readonly exemplar?: DecodedExemplar;
  readonly startTimestamp?: DecodedTime;
}

export interface DecodedMetric {
  readonly label?: readonly DecodedLabel[];
  readonly counter?: DecodedNumber;
  readonly gauge?: DecodedNumber;
  readonly summary?: {
    readonly sampleCount: number;
    readonly sampleSum: number;
    readonly quantile?: readonly { readonly quantile: number; readonly value: number }[];
    readonly startTimestamp?: DecodedTime;
  };
  readonly histogram?: {
    readonly sampleCount: number;
    readonly sampleSum: number;
    readonly bucket?: readonly {
      readonly cumulativeCount: number;
      readonly upperBound: number;
      readonly exemplar?: DecodedExemplar;
    }[];
    readonly startTimestamp?: DecodedTime;
    readonly schema?: number;
    readonly zeroThreshold?: number;
    readonly zeroCount?: number;
    readonly negativeSpan?: readonly DecodedSpan[];
    readonly negativeDelta?: readonly number[];
    readonly positiveSpan?: readonly DecodedSpan[];
    readonly positiveDelta?: readonly number[];
    readonly exemplars?: readonly DecodedExemplar[];
  };
}

/** Buckets that follow on each other. */
interface DecodedSpan {
  /** How far the first is from the end of the span before, or from 0. */
  readonly offset: number;
  readonly length: number;
}

export interface DecodedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly unit?: string;
  readonly metric?: readonly DecodedMetric[];
}

const FAMILY = protobuf
  .loadSync(fileURLToPath(new URL('metrics.proto', import.meta.url)))
  .lookupType('io.prometheus.client.MetricFamily');

/** Every message of a body of delimited `MetricFamily` messages, by a library that is not ours. Throws for what is none. */
export function decodeFamilies(body: Uint8Array): DecodedFamily[] {
  const reader = protobuf.Reader.create(body);
  const families: DecodedFamily[] = [];
  while (reader.pos < reader.len) {
    const message = FAMILY.decodeDelimited(reader);
    families.push(FAMILY.toObject(message, { longs: Number, enums: String }) as DecodedFamily);
  }
  return families;
}
