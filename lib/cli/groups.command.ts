import { Command, Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { GroupRemover } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import type { Ours } from './groups/index.js';
import { jsonLine } from './output.js';
import { requireSharedStore } from './require-shared-store.js';
import { requireYes } from './screen/confirm.js';
import { withProgress } from './screen/progress-line.js';
import { coloured } from './terminal.js';
import { type ViewingFlags, ViewingCommand } from './viewing-command.js';

const DEFAULT_OLDER_THAN_SECONDS = 3_600;

interface GroupsFlags extends ViewingFlags {
  job?: string[];
  olderThan?: number;
  deleteOrphans?: boolean;
  yes?: boolean;
}

/** `groups`: what each gateway holds, and which of it nobody pushes any more. */
@Command({ name: 'groups', description: 'Show the groups on each Pushgateway, and remove those that nobody pushes' })
export class GroupsCommand extends ViewingCommand<GroupsFlags> {
  protected readonly name = 'groups';

  /** All is well if every gateway tells what it holds, and what was to be removed is gone. */
  protected async act(flags: GroupsFlags): Promise<boolean> {
    requireSharedStore(this.options);
    if (flags.deleteOrphans && flags.watch) throw new Error('--delete-orphans is done once: leave --watch out');
    if (flags.yes && !flags.deleteOrphans) throw new Error('--yes is for --delete-orphans: add it');
    const ours = this.#ours(flags);
    // No other command needs it.
    const { groupsText, plainGroups, readGroups } = await import(/* webpackMode: "eager" */ './groups/index.js');
    const read = () => readGroups(this.options, this.serviceOf<Store>(STORE), ours);
    const progress = () => `asking ${this.options.gateways.map(({ url }) => url).join(', ')}`;
    if (flags.deleteOrphans) return this.#removeOrphans(ours, flags);
    return this.view(
      {
        read,
        progress,
        plain: plainGroups,
        text: (gateways) => groupsText(gateways, ours, this.output),
        isWell: (gateways) => gateways.every(({ failure }) => failure === undefined),
      },
      flags,
    );
  }

  protected override changesNothing({ deleteOrphans = false }: GroupsFlags): boolean {
    return !deleteOrphans;
  }

  async #removeOrphans(ours: Ours, { yes, json }: GroupsFlags): Promise<boolean> {
    const { groupsText, nameOf, orphansOf, plainGroups, readGroups, removeOrphans } = await import(
      /* webpackMode: "eager" */ './groups/index.js'
    );
    const gateways = await withProgress(
      () => `asking ${this.options.gateways.map(({ url }) => url).join(', ')}`,
      () => readGroups(this.options, this.serviceOf<Store>(STORE), ours),
    );
    const orphans = orphansOf(gateways);
    const isComplete = gateways.every(({ failure }) => failure === undefined);
    if (!json) this.output.write(groupsText(gateways, ours, this.output));
    if (orphans.length > 0) await requireYes({ yes: yes === true }, questionOf(orphans.map(nameOf)));
    const removed = await withProgress(
      () => `removing ${orphans.length} orphans`,
      () =>
        removeOrphans(orphans, {
          remover: this.serviceOf(GroupRemover),
          ledgers: this.serviceOf<Store>(STORE).ledgers,
          quietForMs: ours.olderThanMs,
        }),
    );
    if (json) this.output.write(jsonLine(plainGroups(gateways, removed)));
    else {
      if (orphans.length === 0) this.output.write('\nno orphans\n');
      for (const [orphan, reason] of removed) {
        const outcome =
          reason === '' ? coloured('removed', 'green', this.output) : coloured('stays', 'red', this.output);
        this.output.write(`${outcome} ${printable(`${nameOf(orphan)}${reason === '' ? '' : `: ${reason}`}`)}\n`);
      }
    }
    return isComplete && [...removed.values()].every((reason) => reason === '');
  }

  #ours({ job, olderThan = DEFAULT_OLDER_THAN_SECONDS }: GroupsFlags): Ours {
    if (!(olderThan >= 0 && olderThan <= 1e9)) throw new RangeError('--older-than: expected a number of seconds');
    const { jobs, instance, groupingLabels, isBroadcast, gateways } = this.options;
    return {
      jobs: job ?? jobs,
      configuredJobs: jobs,
      instance,
      groupingLabels,
      isBroadcast,
      gateways,
      olderThanMs: olderThan * 1_000,
    };
  }

  @Option({
    flags: '-j, --job <name...>',
    description:
      'take groups of these jobs for ours, also of one that is not configured any more (default: those that are)',
  })
  parseJob(name: string, earlier: string[] = []): string[] {
    return [...earlier, name];
  }

  @Option({
    flags: '--older-than <seconds>',
    description: 'a group without a process is an orphan if it was pushed longer ago than this (default: 3600)',
  })
  parseOlderThan(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--delete-orphans', description: 'remove orphans from the gateways; asks first' })
  parseDeleteOrphans(): boolean {
    return true;
  }

  @Option({ flags: '--yes', description: 'remove them without asking' })
  parseYes(): boolean {
    return true;
  }
}

const MOST_NAMED = 10;

function questionOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, MOST_NAMED).map((name) => `  ${name}`);
  const more = distinct.length > MOST_NAMED ? [`  and ${distinct.length - MOST_NAMED} more`] : [];
  const what = distinct.length === 1 ? 'this group' : `these ${distinct.length} groups`;
  return ['', ...shown, ...more, `Remove ${what} from the gateways`].join('\n');
}
