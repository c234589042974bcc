import { Command, Option } from 'nest-commander';
import { GroupReader } from '../push/index.js';
import { limitOf } from './limit.js';
import { requireSharedStore } from './require-shared-store.js';
import { type ViewingFlags, ViewingCommand } from './viewing-command.js';

interface ShowFlags extends ViewingFlags {
  job?: string[];
  limit?: number;
  sort?: string;
}

/** `show`: what all processes have counted, as it is in Redis. */
@Command({
  name: 'show',
  arguments: '[metric]',
  argsDescription: { metric: 'a name, or the beginning of some and *; without it all metrics, a line for each' },
  description: 'Show the values that are stored: all metrics, or the series of one',
})
export class ShowCommand extends ViewingCommand<ShowFlags> {
  protected readonly name = 'show';
  protected override readonly mostArguments = 1;

  protected async act(flags: ShowFlags, metric?: string): Promise<boolean> {
    requireSharedStore(this.options);
    const wanted = { jobs: this.jobsOf(flags), ...(metric !== undefined && { metric }) };
    const shown = { limit: limitOf(flags, this.output), sort: sortOf(flags.sort) };
    // No other command needs it.
    const { overviewText, plainFamilies, readValues, seriesText } = await import(
      /* webpackMode: "eager" */ './show/index.js'
    );
    const progress = { metric: 'what is stored', series: 0 };
    return this.view(
      {
        read: () => readValues(this.serviceOf(GroupReader), wanted, progress),
        progress: () => `reading ${progress.metric}: ${progress.series.toLocaleString('en')} series`,
        plain: (families) => plainFamilies(families, shown, metric !== undefined),
        text: (families) =>
          metric === undefined ? overviewText(families, this.output) : seriesText(families, shown, this.output),
      },
      flags,
    );
  }

  @Option({ flags: '-j, --job <name...>', description: 'show this job only; may be given several times' })
  parseJob(name: string, earlier: string[] = []): string[] {
    return [...earlier, name];
  }

  @Option({
    flags: '--limit <number>',
    description: 'most series of each metric, 0 for all (default: 100 on a terminal, otherwise all)',
  })
  parseLimit(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--sort <labels|value>', description: 'by labels, or the highest value first (default: labels)' })
  parseSort(order: string): string {
    return order;
  }
}

function sortOf(order = 'labels'): 'labels' | 'value' {
  if (order === 'labels' || order === 'value') return order;
  throw new RangeError(`--sort: expected labels or value, got ${JSON.stringify(order)}`);
}
