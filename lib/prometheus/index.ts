export { CounterRestorer } from './counter-restorer.js';
export { type FurtherLabels, groupMatchers } from './group-matchers.js';
export * from './prometheus-client.js';
export type { InstantSample, RangeSeries } from './query-answer.js';
