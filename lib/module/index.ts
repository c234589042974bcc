export * from './events/index.js';
export type { PrometheusPushgatewayModuleExtras } from './module-definition.js';
export { PrometheusPushgatewayModule } from './prometheus-pushgateway.module.js';
