/** Grafana's names of units, for values of a metric and for how fast it grows. */
interface Units {
  readonly value: string;
  readonly rate: string;
}

const BY_SUFFIX: readonly (readonly [suffix: RegExp, units: Units])[] = [
  // Seconds each second are a part of the time.
  [/_seconds$/, { value: 's', rate: 'percentunit' }],
  [/_milliseconds$/, { value: 'ms', rate: 'short' }],
  [/_bytes$/, { value: 'bytes', rate: 'Bps' }],
  [/_ratio$/, { value: 'percentunit', rate: 'short' }],
  [/_celsius$/, { value: 'celsius', rate: 'short' }],
];

/** By the name, which ends with its unit where it has one. */
export function unitsOf(metric: string): Units {
  const name = metric.replace(/_total$/, '');
  const found = BY_SUFFIX.find(([suffix]) => suffix.test(name));
  return found?.[1] ?? { value: 'short', rate: 'cps' };
}
