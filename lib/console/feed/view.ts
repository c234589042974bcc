import { escapeLabelValue, type MetricType } from '../../model/index.js';
import type { FamilyReading } from './reading.js';

/** What one viewer wants to see. */
export interface View {
  /** Words that must all be in the name or the labels; `type=blue` is the beginning of a label's value. */
  readonly search: string;
  readonly type: MetricType | undefined;
  /** From 0. */
  readonly page: number;
  /** The family that is open: its job and its name. */
  readonly open: { readonly job: string; readonly name: string } | undefined;
  readonly seriesPage: number;
  /** By labels, or the highest first. */
  readonly sort: 'labels' | 'value';
}

const TYPES: readonly string[] = ['counter', 'gauge', 'histogram', 'summary'];
const LONGEST_SEARCH = 500;

export function parseView(query: URLSearchParams): View {
  const text = (name: string): string => (query.get(name) ?? '').slice(0, LONGEST_SEARCH);
  const number = (name: string): number => Math.max(0, Math.trunc(Number(query.get(name)) || 0));
  const type = text('type');
  const name = text('name');
  return {
    search: text('search'),
    type: TYPES.includes(type) ? (type as MetricType) : undefined,
    page: number('page'),
    open: name === '' ? undefined : { job: text('job'), name },
    seriesPage: number('series'),
    sort: text('sort') === 'value' ? 'value' : 'labels',
  };
}

/** The families that have what is looked for, each with the series that do. */
export function found(families: readonly FamilyReading[], { search, type }: View): FamilyReading[] {
  const words = search.split(/\s+/).filter(Boolean).map(wordOf);
  return families.flatMap((family) => {
    if (type !== undefined && family.definition.type !== type) return [];
    const name = family.definition.name.toLowerCase();
    const left = words.filter(({ plain }) => !name.includes(plain));
    if (left.length === 0) return [family];
    const series = family.series.filter(({ labels }) => {
      const lower = labels.toLowerCase();
      return left.every(({ plain, asLabel }) => lower.includes(asLabel ?? plain));
    });
    return series.length === 0 ? [] : [{ ...family, series }];
  });
}

/** As it stands in a label set: `type=blue` and `type="blue"` as `type="blue`. */
function wordOf(word: string): { plain: string; asLabel?: string } {
  const plain = word.toLowerCase();
  const [, name, value] = /^([a-z_][a-z0-9_]*)=(.*)$/.exec(plain) ?? [];
  if (name === undefined || value === undefined) return { plain: escapeLabelValue(plain) };
  const [, quoted] = /^"(.+)"$/.exec(value) ?? [];
  const asLabel = quoted === undefined ? escapeLabelValue(value.replace(/^"/, '')) : `${escapeLabelValue(quoted)}"`;
  return { plain, asLabel: `${name}="${asLabel}` };
}
