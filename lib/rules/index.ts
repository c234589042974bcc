export * from './prometheus-files.js';
export type { GatewayStrategy } from './strategy.js';
