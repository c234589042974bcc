import { SHAPE_SILENT_MS } from '../buffer/index.js';
import { ConfigurationError } from '../errors/index.js';
import type { FamilyChunk, Group, ResolvedDefinition } from '../model/index.js';
import type { ResolvedOptions } from '../options/index.js';
import type { CounterRestorer } from '../prometheus/index.js';
import type { GroupReader } from '../push/index.js';
import { takeTurn, type Turn } from '../push/turn.js';
import type { View } from '../snapshot/index.js';
import type { BegunPush, Store, StoredFamily } from '../store/index.js';
import { labelled, labelsOfGroup } from './labelled.js';
import type { PushedCopies } from './pushed-copies.js';

/** How long a scrape may read a group: as long as Prometheus waits by default. Another process then goes on without it. */
const READ_MS = 10_000;

export interface ScrapeSources {
  readonly options: Pick<ResolvedOptions, 'announceForMs'>;
  readonly reader: GroupReader;
  readonly store: Store;
  readonly restorer: Pick<CounterRestorer, 'restore'>;
  readonly copies: Pick<PushedCopies, 'find'>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The group is on a gateway too. */
export class PushedTooError extends Error {}

/**
 * A group while it is scraped. As for a push, one process at a time shows it: no value is read before one that was shown earlier, and
 * each series begins once.
 */
export class ScrapedGroup {
  readonly families: readonly StoredFamily[];
  readonly #view: View;

  private constructor(
    readonly group: Group,
    private readonly sources: ScrapeSources,
    private readonly turn: Turn,
    families: readonly StoredFamily[],
    private readonly heldBack: readonly string[],
  ) {
    const { starts } = turn.begun as BegunPush;
    this.families = families.filter(({ definition }) => !heldBack.includes(definition.name));
    this.#view = {
      exemplars: true,
      asAnnounced: sources.options.announceForMs > 0,
      ...(starts && { starts }),
    };
  }

  /**
   * Stores what this process has counted, and takes the turn.
   * @throws StoreUnavailableError, PushLockError; PushedTooError; the reason of `signal` once it is aborted
   */
  static async begin(job: string, sources: ScrapeSources, signal: AbortSignal): Promise<ScrapedGroup> {
    const { reader, store, restorer, copies, options, labels } = sources;
    await reader.flush(job);
    const group = reader.groupOf(job);
    await store.removal.expireSeries(group);
    const begin = () => ({
      knownPushAt: 0,
      silentMs: SHAPE_SILENT_MS,
      shownForMs: options.announceForMs,
      isReading: true,
      withStarts: true,
      withExemplars: true,
    });
    const turn = await takeTurn(store.turns, group, READ_MS, { isCoverable: false, begin, ending: signal });
    if ('skipped' in turn) throw new Error(turn.skipped);
    try {
      const { ledger, waiting, families } = turn.begun as BegunPush;
      const where = Object.keys(labels).length === 0 ? await copies.find(group, ledger, turn.id) : undefined;
      if (where !== undefined) throw new PushedTooError(pushedToo(job, where));
      if (waiting.size === 0) return new ScrapedGroup(group, sources, turn, families, []);
      // Too low until Prometheus has told what it has seen.
      const heldBack = await restorer.restore(group, signal);
      return new ScrapedGroup(group, sources, turn, await store.series.families(group), heldBack);
    } catch (error) {
      await turn.end(false);
      throw error;
    }
  }

  /** Some of its families, with the labels of the group. @throws ConfigurationError if a metric has one of them itself */
  read(families: readonly StoredFamily[]): AsyncIterable<readonly FamilyChunk[]> {
    const { store, labels } = this.sources;
    for (const { definition } of families) refuseTaken(definition, labels);
    return labelled(store.series.readText(this.group, families, this.#view), labelsOfGroup(this.group, labels));
  }

  /** Gives the turn back. @param isWhole Whether all that it has was shown */
  async end(isWhole: boolean): Promise<void> {
    const { store, options } = this.sources;
    const { takenAt } = this.turn;
    const isAll = isWhole && this.heldBack.length === 0;
    if (isAll && options.announceForMs > 0)
      await store.announcements.noteShown(this.group, takenAt).catch(() => undefined);
    await this.turn.end(false, isAll ? this.#view.starts : undefined);
    if (isAll) await store.series.sweep(this.group).catch(() => undefined);
  }
}

function pushedToo(job: string, where: string): string {
  return (
    `Job "${job}" ${where}: scraped here as well, its counters would step back and forth. Remove it there ` +
    `(metrics.delete("${job}")) to scrape it, or tell both ways apart by "labels" of PrometheusPushgatewayScrapeModule.forRoot`
  );
}

function refuseTaken({ name, labelNames }: ResolvedDefinition, labels: Readonly<Record<string, string>>): void {
  const taken = labelNames.find((label) => Object.hasOwn(labels, label));
  if (taken === undefined) return;
  throw new ConfigurationError(
    `PrometheusPushgatewayScrapeModule.forRoot: labels.${taken}: expected a name that no metric has as a label, and "${name}" has it`,
  );
}
