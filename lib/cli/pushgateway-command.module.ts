import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Command, type CommandMetadata, type CommandRunner } from 'nest-commander';
import { ClearCommand } from './clear.command.js';
import { CompletionCommand } from './completion.command.js';
import { DeleteCommand } from './delete.command.js';
import { DoctorCommand } from './doctor.command.js';
import { GroupsCommand } from './groups.command.js';
import { PushCommand } from './push.command.js';
import { QueryCommand } from './query.command.js';
import { RulesCommand } from './rules.command.js';
import { commandOf, refuseSameNames } from './same-names.js';
import { ShowCommand } from './show.command.js';
import { StatusCommand } from './status.command.js';

/** @internal Every command of the package. Tests, too, take the list from here. */
export const COMMANDS: readonly CommandClass[] = [
  PushCommand,
  StatusCommand,
  ShowCommand,
  QueryCommand,
  GroupsCommand,
  ClearCommand,
  DeleteCommand,
  RulesCommand,
  DoctorCommand,
  CompletionCommand,
];

/** The same commands under names with a prefix. */
@Module({})
class PrefixedCommandModule {}

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
@Module({ providers: [...COMMANDS] })
export class PushgatewayCommandModule {
  /** @throws ConfigurationError if the application has a command of the same name. */
  constructor(modules: ModulesContainer) {
    refuseSameNames(modules, COMMANDS);
  }

  /** For an application with commands of these names: they are called `<prefix>:push`, `<prefix>:status` and so on. */
  static withPrefix(prefix: string): DynamicModule {
    return { module: PrefixedCommandModule, providers: COMMANDS.map((type) => prefixed(type, prefix)) };
  }
}

/** A command, ready to run. */
type CommandClass = Type<Pick<PushCommand, 'run'> & CommandRunner>;

function prefixed(type: CommandClass, prefix: string): CommandClass {
  const about = commandOf(type) as CommandMetadata;
  class Prefixed extends (type as Type<PushCommand>) {}
  // By its class nest-commander tells the flags of one command from another's.
  Object.defineProperty(Prefixed, 'name', { value: `Prefixed${type.name}` });
  Command({ ...about, name: `${prefix}:${about.name}` })(Prefixed);
  return Prefixed;
}
