import { canonicalLabels } from './label-set.js';
import { isLabelName } from './names.js';

/** One event out of many of a series, with labels by which it is found elsewhere. */
export interface Exemplar {
  /** Its bucket of a histogram, as `HistogramValue` counts them; 0 for a counter. */
  readonly bucket: number;
  /** Canonical label set. */
  readonly labels: string;
  /** What was added or observed. */
  readonly value: number;
  /** When, in Unix milliseconds. */
  readonly timeMs: number;
}

/** Labels of an exemplar, such as `{ trace_id: '4bf9...' }`. One that is undefined is left out. */
export type ExemplarLabels = Readonly<Record<string, string | number | undefined>>;

/** Characters of all names and values of an exemplar's labels, as OpenMetrics allows them; Prometheus drops more. */
const LONGEST_EXEMPLAR = 128;

/** Labels as given -> canonical, `''` if there are none; or, where an exemplar cannot have them, what is wrong. Never throws. */
export function exemplarLabels(given: unknown): { readonly labels: string } | { readonly fault: string } {
  if (typeof given !== 'object' || given === null)
    return { fault: `expected an object of labels, got ${kindOf(given)}` };
  const names: string[] = [];
  const values: string[] = [];
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue;
    if (!isLabelName(name)) return { fault: `expected label names of letters, digits and "_", got ${shown(name)}` };
    if (typeof value !== 'string' && typeof value !== 'number') {
      return { fault: `expected label "${name}" to be a string or number, got ${kindOf(value)}` };
    }
    names.push(name);
    values.push(String(value));
  }
  const length = [...names, ...values].reduce((sum, text) => sum + Array.from(text).length, 0);
  if (length > LONGEST_EXEMPLAR) {
    return { fault: `expected names and values of at most ${LONGEST_EXEMPLAR} characters together, got ${length}` };
  }
  return { labels: canonicalLabels(names, values) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const SHOWN_CHARACTERS = 40;

function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_CHARACTERS));
}
