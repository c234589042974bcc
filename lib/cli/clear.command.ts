import { Command, Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { MetricsService } from '../metrics/index.js';
import { GroupReader } from '../push/index.js';
import { jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';
import { requireSharedStore } from './require-shared-store.js';
import { requireYes } from './screen/confirm.js';
import { withProgress } from './screen/progress-line.js';

interface ClearFlags {
  job?: string[];
  yes?: boolean;
  json?: boolean;
}

/** What a job has of what is to be forgotten. */
interface Found {
  readonly job: string;
  readonly metrics: readonly string[];
}

/** `clear`: forgets stored values of all replicas. */
@Command({
  name: 'clear',
  arguments: '[metric]',
  argsDescription: { metric: 'the name of one; without it all metrics' },
  description: 'Forget stored values of all processes: counters begin at 0 again',
})
export class ClearCommand extends PackageCommand<ClearFlags> {
  protected readonly name = 'clear';
  protected override readonly mostArguments = 1;

  protected override changesNothing(): boolean {
    return false;
  }

  protected override get jobsByFlag(): readonly string[] {
    return this.options.jobs;
  }

  protected async act(flags: ClearFlags, metric?: string): Promise<boolean> {
    requireSharedStore(this.options);
    const found = await withProgress(
      () => 'reading what is stored',
      () => this.#find(this.jobsOf(flags), metric),
    );
    if (found.length > 0) {
      await requireYes(
        flags,
        `Forget ${found.map(textOf).join(', ')} of all processes of instance ${this.options.instance}`,
      );
    }
    await withProgress(
      () => 'clearing',
      () => Promise.all(found.map(({ job }) => this.serviceOf(MetricsService).clear(job, metric))),
    );
    if (flags.json) this.output.write(jsonLine(found));
    else if (found.length === 0) this.output.write('nothing is stored\n');
    else this.output.write(found.map((each) => `${printable(`forgot ${textOf(each)}`)}\n`).join(''));
    return true;
  }

  /** @throws Error for a metric that none of the jobs has */
  async #find(jobs: readonly string[], metric: string | undefined): Promise<Found[]> {
    const known = await Promise.all(
      jobs.map(async (job) => ({
        job,
        metrics: (await this.serviceOf(GroupReader).definitions(job)).map(({ name }) => name),
      })),
    );
    const found = known
      .map(({ job, metrics }) => ({ job, metrics: metrics.filter((name) => metric === undefined || name === metric) }))
      .filter(({ metrics }) => metrics.length > 0);
    if (metric === undefined || found.length > 0) return found;
    const { unknownMetric } = await import(/* webpackMode: "eager" */ './show/index.js');
    throw new Error(
      unknownMetric(
        metric,
        known.flatMap(({ metrics }) => metrics),
      ),
    );
  }

  @Option({ flags: '-j, --job <name...>', description: 'forget those of this job only; may be given several times' })
  parseJob(name: string, earlier: string[] = []): string[] {
    return [...earlier, name];
  }

  @Option({ flags: '--yes', description: 'do not ask' })
  parseYes(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print what was forgotten as one JSON array' })
  parseJson(): boolean {
    return true;
  }
}

function textOf({ job, metrics }: Found): string {
  const [only, ...others] = metrics;
  return `${others.length === 0 ? only : `all ${metrics.length} metrics`} of job ${job}`;
}
