import { Command, Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { MetricsService } from '../metrics/index.js';
import type { PushResult } from '../model/index.js';
import { jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';
import { plainResult } from './push-report.js';
import { requireSharedStore } from './require-shared-store.js';
import { requireYes } from './screen/confirm.js';
import { withProgress } from './screen/progress-line.js';
import { coloured } from './terminal.js';

interface DeleteFlags {
  job?: string[];
  yes?: boolean;
  json?: boolean;
}

/** `delete`: removes the groups of jobs from the gateways. */
@Command({
  name: 'delete',
  description: 'Remove the groups of the jobs from the Pushgateways; the values in Redis stay',
})
export class DeleteCommand extends PackageCommand<DeleteFlags> {
  protected readonly name = 'delete';

  protected override changesNothing(): boolean {
    return false;
  }

  protected override get jobsByFlag(): readonly string[] {
    return this.options.jobs;
  }

  /** All is well when every group is gone. */
  protected async act(flags: DeleteFlags): Promise<boolean> {
    requireSharedStore(this.options);
    const jobs = this.jobsOf(flags);
    const names = jobs.length === 1 ? `job ${jobs[0]}` : `jobs ${jobs.join(', ')}`;
    const { instance, gateways } = this.options;
    const where = gateways.map(({ url }) => url).join(', ');
    await requireYes(flags, `Remove the groups of ${names}, instance ${instance}, from ${where}`);
    const results = await withProgress(
      () => `removing ${names}`,
      () => Promise.all(jobs.map((job) => this.serviceOf(MetricsService).delete(job))),
    );
    if (flags.json) this.output.write(jsonLine(results.map(plainResult)));
    else for (const result of results) this.output.write(this.#line(result));
    return results.every(({ outcome }) => outcome === 'pushed');
  }

  #line({ job, instance, gateways, outcome, durationMs, reason }: PushResult): string {
    const took = `${Math.round(durationMs)} ms`;
    const [word, colour, rest] =
      outcome === 'pushed'
        ? (['deleted', 'green', ` instance ${instance} from ${gateways.join(', ')} in ${took}`] as const)
        : ([outcome, 'red', ` after ${took}: ${reason ?? 'no reason given'}`] as const);
    return `${printable(`${job}: `)}${coloured(word, colour, this.output)}${printable(rest)}\n`;
  }

  @Option({ flags: '-j, --job <name...>', description: 'remove this job only; may be given several times' })
  parseJob(name: string, earlier: string[] = []): string[] {
    return [...earlier, name];
  }

  @Option({ flags: '--yes', description: 'do not ask' })
  parseYes(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print results as one JSON array' })
  parseJson(): boolean {
    return true;
  }
}
