const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Values as a row of bars from the lowest to the highest of them, one character each; a space where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const lowest = known.reduce((low, value) => Math.min(low, value), Infinity);
  const highest = known.reduce((high, value) => Math.max(high, value), -Infinity);
  return values
    .map((value) => {
      if (value === undefined || !Number.isFinite(value)) return ' ';
      const share = highest > lowest ? (value - lowest) / (highest - lowest) : 0;
      return STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))] as string;
    })
    .join('');
}
