/** One series at one moment: an element of an instant query's answer. */
export interface InstantSample {
  /** All labels, `__name__` among them; empty for a scalar. */
  metric: Record<string, string>;
  value: number;
  /** Unix time in seconds. */
  timestamp: number;
}

/** One series over time: an element of a range query's answer. */
export interface RangeSeries {
  /** All labels, `__name__` among them. */
  metric: Record<string, string>;
  values: { timestamp: number; value: number }[];
}

/** A point as Prometheus writes it: Unix seconds, and the value as text. */
export type Point = [timestamp: number, value: string];

export type QueryData =
  | { resultType: 'vector'; result: { metric: Record<string, string>; value?: Point }[] }
  | { resultType: 'matrix'; result: { metric: Record<string, string>; values?: Point[] }[] }
  | { resultType: 'scalar'; result: Point }
  | { resultType: 'string'; result: Point };

/** What the API answers: to a query its data, to a search for series their labels. */
export interface Answer {
  status?: string;
  data?: unknown;
  errorType?: string;
  error?: string;
}

/** The JSON of an answer of Prometheus' HTTP API; `undefined` for anything else. */
export function parseAnswer(body: string): Answer | undefined {
  try {
    return (JSON.parse(body) as Answer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function point([timestamp, value]: Point): { timestamp: number; value: number } {
  return { timestamp, value: parseValue(value) };
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}
