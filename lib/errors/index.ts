export * from './prometheus-pushgateway.error.js';
export * from './configuration.error.js';
export * from './metric.errors.js';
export * from './store.errors.js';
export * from './http.errors.js';
export * from './push.errors.js';
