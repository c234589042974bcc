import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CommandRunner, Option } from 'nest-commander';
import { UnknownJobError } from '../errors/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions, tokenIn } from '../options/index.js';
import { doNothingUnasked, onlyLook } from './do-nothing-unasked.js';
import { complain, type Output } from './output.js';
import { refuseArguments } from './refuse-arguments.js';
import { modulesIn, whichModule } from './which-module.js';

interface NamingFlags {
  name?: string;
}

/**
 * What all commands of the package do: keep the application's own work from running, take no more than they know, say in one line what
 * hindered them, and end with exit code 1 unless all went well. A command adds its flags and {@link act}.
 */
export abstract class PackageCommand<Flags extends object> extends CommandRunner {
  protected readonly output: Output = process.stdout;
  /** The name in its error messages. */
  protected abstract readonly name: string;
  /** How many arguments it takes beside its flags. */
  protected readonly mostArguments: 0 | 1 = 0;
  /** Whether it is for all modules of the application: then none need be named. */
  protected readonly isForAll: boolean = false;
  /** Private at run time too: `util.inspect` would print everything that can be reached from here. */
  readonly #moduleRef: ModuleRef;
  /** The module that is meant, where there are several. */
  #module: string | undefined;

  constructor(@Inject(ModuleRef) moduleRef: ModuleRef) {
    super();
    this.#moduleRef = moduleRef;
  }

  /** Catches all: nest-commander itself exits 0 when a command throws. */
  async run(given: string[], flags = {} as Flags & NamingFlags): Promise<void> {
    try {
      (this.changesNothing(flags) ? onlyLook : doNothingUnasked)(this.#moduleRef);
      if (!this.isForAll) this.#module = whichModule(this.#moduleRef, flags.name);
      refuseArguments(given, this.mostArguments, this.jobsByFlag);
      if (!(await this.act(flags, given[0]))) process.exitCode = 1;
    } catch (error) {
      process.exitCode = 1;
      complain(this.name, (error as Error).message);
    }
  }

  /**
   * The command itself.
   * @param argument What stands beside the flags, if it takes an argument.
   * @returns whether all is well; otherwise the exit code is 1.
   * @throws Error whose message says what hindered it
   */
  protected abstract act(flags: Flags, argument?: string): Promise<boolean>;

  /** Whether it only looks: then nothing of the application is stored either. Default: it does. */
  protected changesNothing(_flags: Flags): boolean {
    return true;
  }

  /** Jobs that `--job` takes: a job named without `--job` gets an error that says so. Default: none. */
  protected get jobsByFlag(): readonly string[] {
    return [];
  }

  /**
   * The jobs that `--job` names, by default all.
   * @throws UnknownJobError
   */
  protected jobsOf({ job: wanted }: { job?: readonly string[] }): readonly string[] {
    const { jobs } = this.options;
    for (const job of wanted ?? []) if (!jobs.includes(job)) throw new UnknownJobError(job, jobs);
    return wanted ?? jobs;
  }

  /** A service of the PrometheusPushgatewayModule that is meant. */
  protected serviceOf<T>(type: symbol | (abstract new (...args: never[]) => T)): T {
    return this.#moduleRef.get<T>(tokenIn(this.#module, type), { strict: false });
  }

  protected get options(): ResolvedOptions {
    return this.serviceOf<ResolvedOptions>(RESOLVED_OPTIONS);
  }

  /** The jobs of every module. */
  protected get allJobs(): string[] {
    const jobs = modulesIn(this.#moduleRef).flatMap(
      (name) => this.#moduleRef.get<ResolvedOptions>(tokenIn(name, RESOLVED_OPTIONS), { strict: false }).jobs,
    );
    return [...new Set(jobs)];
  }

  @Option({ flags: '--name <name>', description: 'the module that is meant, where the application has several' })
  parseName(name: string): string {
    return name;
  }
}
