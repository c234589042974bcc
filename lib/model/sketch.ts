/**
 * Quantiles that merge. A summary's observations fall into bins whose width grows with the value, so that the counts
 * of two processes simply add up and every quantile is within {@link RELATIVE_ERROR} of an observed value. The idea is
 * that of DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019).
 */
export const RELATIVE_ERROR = 0.01;

/** Time slices that a summary's window is cut into: it forgets a fifth of the window at a time. */
export const SLICES = 5;

/** Values nearer to zero than this count as zero. */
const SMALLEST = 1e-9;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Keeps the bins of positive values above 0 and those of negative ones below: bin 0 is zero itself. */
const OFFSET = 1 << 16;

/** The bin that a finite value falls into. Bins ascend with their values. */
export function sketchBin(value: number): number {
  const size = Math.abs(value);
  if (size < SMALLEST) return 0;
  const bin = Math.ceil(Math.log(size) / LOG_GAMMA) + OFFSET;
  return value > 0 ? bin : -bin;
}

/** The value that stands for all observations of a bin. */
export function sketchValue(bin: number): number {
  if (bin === 0) return 0;
  const size = (2 * Math.exp((Math.abs(bin) - OFFSET) * LOG_GAMMA)) / (GAMMA + 1);
  return bin > 0 ? size : -size;
}

/** The values at the given ranks (0 to 1) among the counted bins, in the order of the ranks; `NaN` where nothing was counted. */
export function sketchQuantiles(ranks: readonly number[], counts: ReadonlyMap<number, number>): number[] {
  const bins = [...counts].sort(([a], [b]) => a - b);
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  return ranks.map((rank) => {
    if (total === 0) return Number.NaN;
    const wanted = rank * (total - 1);
    let seen = 0;
    for (const [bin, count] of bins) {
      seen += count;
      if (seen > wanted) return sketchValue(bin);
    }
    return sketchValue((bins.at(-1) as [number, number])[0]);
  });
}

/** Number of the time slice that `timestampMs` falls into, for a window of `maxAgeSeconds`. */
export function summarySlice(timestampMs: number, maxAgeSeconds: number): number {
  return Math.floor(timestampMs / ((maxAgeSeconds * 1000) / SLICES));
}

/** The oldest slice that still counts at `timestampMs`. */
export function oldestSlice(timestampMs: number, maxAgeSeconds: number): number {
  return summarySlice(timestampMs, maxAgeSeconds) - SLICES + 1;
}
