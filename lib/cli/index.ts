export { PushCommand } from './push.command.js';
export { PushgatewayCommandModule } from './pushgateway-command.module.js';
export { RulesCommand } from './rules.command.js';
export { StatusCommand } from './status.command.js';
