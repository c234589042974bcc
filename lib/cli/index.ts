export { PushCommand } from './push.command.js';
export { PushgatewayCommandModule } from './pushgateway-command.module.js';
export { StatusCommand } from './status.command.js';
