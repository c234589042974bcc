export { PrometheusPushgatewayModule } from './prometheus-pushgateway.module.js';
