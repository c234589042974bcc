export { prometheusPushgatewayConfig } from './prometheus-pushgateway.config.js';
