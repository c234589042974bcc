import type { CommandRunner } from 'nest-commander';
import { printable } from '../../errors/printable.js';

/** Commander's command, as nest-commander has it. */
type Commander = CommandRunner['command'];

/** A flag, by each of its names. */
export interface KnownFlag {
  readonly names: readonly string[];
  readonly description: string;
  /** What may follow it; `file`: a name of a file; `any`: something else; absent: nothing. */
  readonly value?: 'file' | 'any' | readonly string[];
}

export interface KnownCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly KnownFlag[];
  /** What may follow it beside flags: the names of its own commands. */
  readonly words: readonly string[];
}

/**
 * All commands of a program, the application's own among them, but for hidden ones.
 * @param jobs What may follow `--job`.
 */
export function commandTree(program: Commander, jobs: readonly string[]): KnownCommand[] {
  const visible = (command: Commander): Commander[] => command.createHelp().visibleCommands(command);
  return visible(program).flatMap((command) => {
    const flags = command
      .createHelp()
      .visibleOptions(command)
      .map((option): KnownFlag => {
        const { short, long, description, required, optional, flags: text, argChoices } = option;
        const takesValue = required || optional;
        return {
          names: [short, long].filter((name): name is string => typeof name === 'string'),
          description: printable(description),
          ...(takesValue && { value: argChoices ?? (long === '--job' ? jobs : valuesIn(text)) }),
        };
      });
    const words = visible(command).map((each) => each.name());
    return [command.name(), ...command.aliases()].map((name) => ({
      name,
      description: printable(command.description()),
      flags,
      words: words.filter((word) => word !== 'help'),
    }));
  });
}

/** Of `--strategy <sticky|broadcast>` both, of `--out <folder>` a file. */
function valuesIn(flags: string): NonNullable<KnownFlag['value']> {
  const [, value = ''] = /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(flags) ?? [];
  if (value.includes('|')) return value.split('|');
  return /file|folder|path|dir/i.test(value) ? 'file' : 'any';
}
