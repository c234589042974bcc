export type { PrometheusPushgatewayConsoleOptions } from './console-options.js';
export { PrometheusPushgatewayConsoleModule } from './console.module.js';
