export * from './prometheus-client.js';
export type { InstantSample, RangeSeries } from './query-answer.js';
