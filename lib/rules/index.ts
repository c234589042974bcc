export * from './grafana/index.js';
export * from './prometheus-files.js';
export * from './pushed-metrics.js';
