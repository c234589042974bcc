import { SHAPE_SILENT_MS } from '../buffer/index.js';
import { ConfigurationError } from '../errors/index.js';
import { type FamilyChunk, type Group, groupingLabels, type ResolvedDefinition, utf8NameOf } from '../model/index.js';
import type { ResolvedOptions } from '../options/index.js';
import type { CounterRestorer } from '../prometheus/index.js';
import type { Collectors, GroupReader } from '../push/index.js';
import { takeTurn, type Turn } from '../push/turn.js';
import type { View } from '../snapshot/index.js';
import { type BegunPush, incompleteGauges, type Store, type StoredFamily } from '../store/index.js';
import { labelled, labelsOfGroup } from './labelled.js';
import type { PushedCopies } from './pushed-copies.js';

/** How long a process that shows a group may be silent: as long as Prometheus waits by default. Another process then goes on without it. */
const READ_MS = 10_000;
/** Far more often than a turn runs out. */
const KEEP_EVERY_MS = 3_000;

export interface ScrapeSources {
  readonly options: Pick<ResolvedOptions, 'announceForMs'>;
  readonly reader: GroupReader;
  readonly collectors: Pick<Collectors, 'collect' | 'metricsOf'>;
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
    private readonly signal: AbortSignal,
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
   * Collects and stores what this process has counted, and takes the turn, which lasts until {@link end}.
   * @throws StoreUnavailableError, PushLockError; PushedTooError; the reason of `signal` once it is aborted
   */
  static async begin(job: string, sources: ScrapeSources, signal: AbortSignal): Promise<ScrapedGroup> {
    const { reader, collectors, store, restorer, copies, options, labels } = sources;
    await collectors.collect(job, 'each');
    signal.throwIfAborted();
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
    const taken = await takeTurn(store.turns, group, READ_MS, { isCoverable: false, begin, ending: signal });
    if ('skipped' in taken) throw new Error(taken.skipped);
    const turn = kept(taken);
    try {
      const begun = turn.begun as BegunPush;
      const { ledger, waiting, families } = begun;
      const where = Object.keys(labels).length === 0 ? await copies.find(group, ledger, turn.id) : undefined;
      if (where !== undefined) throw new PushedTooError(pushedToo(job, where));
      const doCollect = collectors.metricsOf(job, 'one').length > 0;
      if (doCollect) {
        await collectors.collect(job, 'one');
        await reader.flush(job);
      }
      // Too low until Prometheus has told what it has seen, or all processes have sent their values again.
      const counters = waiting.size === 0 ? [] : await restorer.restore(group, signal);
      const heldBack = [...counters, ...incompleteGauges(begun)];
      const isAsBegun = waiting.size === 0 && !doCollect;
      const shown = isAsBegun ? families : await store.series.families(group);
      return new ScrapedGroup(group, sources, turn, signal, shown, heldBack);
    } catch (error) {
      await turn.end(false);
      throw error;
    }
  }

  /** Those that a reader can show that takes classic names only. */
  get classicFamilies(): readonly StoredFamily[] {
    const ofGroup = groupingLabels(this.group).map(([name]) => name);
    return this.families.filter(
      ({ definition: { name, labelNames } }) =>
        utf8NameOf({ name, labelNames: [...labelNames, ...ofGroup] }) === undefined,
    );
  }

  /**
   * Some of its families, with the labels of the group.
   * @throws ConfigurationError if a metric has one of them itself; the reason of the signal once it is aborted
   */
  read(families: readonly StoredFamily[]): AsyncIterable<readonly FamilyChunk[]> {
    const { store, labels } = this.sources;
    for (const { definition } of families) refuseTaken(definition, labels);
    const readings = store.series.readText(this.group, families, this.#view);
    return labelled(whileWanted(readings, this.signal), labelsOfGroup(this.group, labels));
  }

  /** @throws PushLockError if another process has taken over: what was read may be older than what that one shows. */
  keep(): Promise<void> {
    return this.turn.keep();
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

/** The same turn, which does not run out while this process lives. */
function kept(turn: Turn): Turn {
  const keeping = setInterval(() => void turn.keep().catch(() => undefined), KEEP_EVERY_MS).unref();
  const end: Turn['end'] = (...result) => {
    clearInterval(keeping);
    return turn.end(...result);
  };
  return { ...turn, end };
}

async function* whileWanted<Reading>(readings: AsyncIterable<Reading>, signal: AbortSignal): AsyncGenerator<Reading> {
  for await (const reading of readings) {
    signal.throwIfAborted();
    yield reading;
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
