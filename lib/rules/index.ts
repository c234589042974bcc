export type { WatchedBatchJob } from './batch-alerts.js';
export * from './prometheus-files.js';
