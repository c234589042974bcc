export * from './events/index.js';
export { PrometheusPushgatewayModule } from './prometheus-pushgateway.module.js';
