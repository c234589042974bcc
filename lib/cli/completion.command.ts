import { basename } from 'node:path';
import { Command, Option } from 'nest-commander';
import { forMachines } from './output.js';
import { PackageCommand } from './package-command.js';

interface CompletionFlags {
  program?: string;
}

const PROGRAM = /^[\w.+-]+$/;

/** `completion`: a script for a shell, which knows all commands of this command line and starts no process of it. */
@Command({
  name: 'completion',
  arguments: '<shell>',
  argsDescription: { shell: 'bash, zsh or fish' },
  description: 'Print a script that completes commands and flags in a shell',
})
export class CompletionCommand extends PackageCommand<CompletionFlags> {
  protected readonly name = 'completion';
  protected override readonly mostArguments = 1;
  protected override readonly isForAll = true;

  protected async act({ program = calledAs() }: CompletionFlags, shell = ''): Promise<boolean> {
    // No other command needs it.
    const { commandTree, SCRIPTS } = await import(/* webpackMode: "eager" */ './completion/index.js');
    if (!Object.hasOwn(SCRIPTS, shell)) throw new Error(`expected bash, zsh or fish, got ${JSON.stringify(shell)}`);
    if (!PROGRAM.test(program))
      throw new Error(`--program: expected the name of a command, got ${JSON.stringify(program)}`);
    const root = this.command.parent;
    if (root === null) throw new Error('nest-commander does not say which commands there are');
    const script = SCRIPTS[shell as keyof typeof SCRIPTS](program, commandTree(root, this.allJobs));
    this.output.write(forMachines(script, this.output));
    return true;
  }

  @Option({
    flags: '--program <name>',
    description: 'what is typed to call this program (default: the name of its file, if that is no .js)',
  })
  parseProgram(name: string): string {
    return name;
  }
}

/** @throws Error for a file that is called by way of node */
function calledAs(): string {
  const name = basename(process.argv[1] ?? '');
  if (!/\.[cm]?[jt]s$/.test(name)) return name;
  throw new Error(
    `a shell completes by what is typed first, and that is not ${name}: make a function of some name that calls it, and say the name with --program`,
  );
}
