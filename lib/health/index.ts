export { type HealthOptions, type LastPushOptions, PrometheusPushgatewayHealthIndicator } from './health.indicator.js';
export { PrometheusPushgatewayHealthModule } from './health.module.js';
