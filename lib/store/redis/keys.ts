import { groupingLabels, type Group } from '../../model/index.js';

/** Every Redis key of one group. They share a hash tag, so that a script may touch them together in Redis Cluster. */
export interface GroupKeys {
  /** hash: writer -> sequence of its last batch. */
  readonly writers: string;
  /** zset: writer, scored by the time of its last batch. */
  readonly seen: string;
  /** hash: family -> shape, newline, definition as JSON. */
  readonly families: string;
  /** hash: family -> number of buckets its series are spread over. */
  readonly buckets: string;
  /** Prefix of the hashes with the values: `<series><family>:<bucket>`, canonical labels -> value. */
  readonly series: string;
  /** hash: family -> since when it waits for its values from before; `*` if all was forgotten. */
  readonly restore: string;
  /** zset: family, newline, labels, scored by the time of the last change; only if series expire. */
  readonly touched: string;
  /** string, expires: token of the process whose turn to push it is. */
  readonly turn: string;
  /** hash: `holder` and `silent`, and `copy:<gateway>` for every gateway that may hold a copy. */
  readonly ledger: string;
  /** string: when the latest successful push took its turn. */
  readonly pushed: string;
  /** zset: family, `{`, labels of each series that is being announced, scored by when it was made. */
  readonly new: string;
  /** zset: when a push took its turn, scored by when it had succeeded; only while series are being announced. */
  readonly shown: string;
}

/** The keys that all groups share, in a hash slot of their own. No group's tag is without a slash. */
export function instanceKeys(prefix: string): { readonly groups: string; readonly processes: string } {
  const base = `${encodeURIComponent(prefix)}:{instances}:`;
  return { groups: `${base}groups`, processes: `${base}processes` };
}

/** Braces would end the hash tag early, and separators would let two groups share keys: both are encoded away. */
export function groupKeys(prefix: string, group: Group): GroupKeys {
  const [[, job], ...others] = groupingLabels(group) as [readonly [string, string], ...(readonly [string, string])[]];
  const identity = [job, ...others.map(([name, value]) => `${name}=${value}`)].map(encodeURIComponent).join('/');
  const base = `${encodeURIComponent(prefix)}:{${identity}}:`;
  return {
    writers: `${base}writers`,
    seen: `${base}seen`,
    families: `${base}families`,
    buckets: `${base}buckets`,
    series: `${base}series:`,
    restore: `${base}restore`,
    touched: `${base}touched`,
    turn: `${base}turn`,
    ledger: `${base}ledger`,
    pushed: `${base}pushed`,
    new: `${base}new`,
    shown: `${base}shown`,
  };
}
