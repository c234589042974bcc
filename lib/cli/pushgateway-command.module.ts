import { Module } from '@nestjs/common';
import { PushCommand } from './push.command.js';
import { StatusCommand } from './status.command.js';
import { RulesCommand } from './rules.command.js';

/**
 * The package's commands. Import it, beside the application's module, into the module that nest-commander runs.
 *
 * @example
 * ```ts
 * @Module({ imports: [AppModule, PushgatewayCommandModule] })
 * class CliModule {}
 * await CommandFactory.run(CliModule, ['error']);
 * ```
 */
@Module({ providers: [PushCommand, RulesCommand, StatusCommand] })
export class PushgatewayCommandModule {}
