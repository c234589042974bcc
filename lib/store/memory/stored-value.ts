import type { ProcessValues, SeriesValue } from '../../model/index.js';

/** A value as it is kept; of a gauge of processes that of each. */
export type StoredValue = SeriesValue | ProcessValues;
