import { setTimeout as wait } from 'node:timers/promises';
import { PrometheusResponseError } from '../errors/index.js';
import { PackageLogger } from '../log/package-logger.js';
import {
  anyValue,
  canonicalLabels,
  type Group,
  promqlLabel,
  type ResolvedDefinition,
  selectorOf,
} from '../model/index.js';
import type { SeriesStore } from '../store/index.js';
import { COPY_LABELS, type Difference, differenceOf } from './series-of-environments.js';
import { type FurtherLabels, groupMatchers } from './group-matchers.js';
import type { PrometheusClient } from './prometheus-client.js';
import type { InstantSample } from './query-answer.js';

/**
 * How far to look back for a group that Prometheus does not scrape just now. The shortest that finds anything counts: the
 * longer, the more series come back that were removed since.
 */
const LOOK_BACKS = ['1h', '1d', '30d'];

/** How long a push waits for the next scrape at most; the push after it tries again. Shorter than a turn's margin. */
const PATIENCE_MS = 2_500;
const POLL_MS = 100;

/** The label of the one series that takes what is beyond the limit of label sets. */
const OVERFLOW = 'overflow';

/**
 * Gives counters that the store has lost the values that Prometheus last saw. A store notes by itself which families are new
 * to it; the values are added once, whoever adds them, to what was counted meanwhile.
 */
export class CounterRestorer {
  readonly #logger = new PackageLogger();
  #isAway = false;
  /** Labels by which copies of one series differ. */
  readonly #copyLabels = new Set<string>(COPY_LABELS);
  /** By family: in what the series differ that Prometheus has of it. */
  readonly #undecided = new Map<string, Difference>();

  constructor(
    private readonly prometheus: Pick<PrometheusClient, 'query' | 'address'>,
    private readonly store: Pick<SeriesStore, 'restoring' | 'definitions' | 'restore'>,
    private readonly further: FurtherLabels = {},
  ) {}

  /** Series that differ in these labels alone are copies of one, as when they are pushed and scraped. */
  noteCopyLabels(labels: readonly string[]): void {
    for (const label of labels) this.#copyLabels.add(label);
  }

  /** What somebody has to do so that a family waits no longer; undefined if nothing. */
  adviceOn(family: string): string | undefined {
    const difference = this.#undecided.get(family);
    return difference && `its series in Prometheus differ in "${difference.label}": name ours in prometheus.labels`;
  }

  /**
   * Gives the names of families that still wait. `signal` ends the waiting, for Prometheus too.
   * @throws StoreUnavailableError
   */
  async restore(group: Group, signal?: AbortSignal): Promise<readonly string[]> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (;;) {
      const waiting = await this.store.restoring(group);
      if (waiting.size === 0) return [];
      const left = await this.#attempt(group, waiting, signal);
      if (
        left.every((family) => this.#undecided.has(family)) ||
        this.#isAway ||
        Date.now() >= giveUpAt ||
        signal?.aborted
      )
        return left;
      await wait(POLL_MS);
    }
  }

  /** One look at every family that waits; at none any more after no answer came, as each may take a whole time-out. */
  async #attempt(group: Group, waiting: ReadonlyMap<string, number>, signal?: AbortSignal): Promise<string[]> {
    const left: string[] = [];
    let failure: Error | undefined;
    for (const definition of await this.store.definitions(group)) {
      const waitedMs = waiting.get(definition.name);
      if (waitedMs === undefined) continue;
      const answers = failure === undefined || failure instanceof PrometheusResponseError;
      const looking = answers ? this.#lastSeen(group, definition, waitedMs, signal) : undefined;
      const samples = await looking?.catch((error: unknown) => error as Error);
      if (Array.isArray(samples) && this.#isOurs(definition, samples)) await this.#restore(group, definition, samples);
      else left.push(definition.name);
      if (samples instanceof Error) failure = samples;
    }
    // A look that was given up does not show whether Prometheus answers.
    if (!signal?.aborted) this.#note(failure);
    return left;
  }

  /** Series of several environments: whose value is ours, nobody can tell. Says so once. */
  #isOurs({ name, labelNames, prefetchGroupLabel = OVERFLOW }: ResolvedDefinition, samples: InstantSample[]): boolean {
    const own = [...labelNames, OVERFLOW, prefetchGroupLabel, ...this.#copyLabels];
    const difference = differenceOf(
      samples.map(({ metric }) => metric),
      own,
    );
    const wasUndecided = this.#undecided.delete(name);
    if (difference === undefined) return true;
    this.#undecided.set(name, difference);
    const { label, values } = difference;
    const seen = values.map((value) => JSON.stringify(value)).join(', ');
    if (!wasUndecided) {
      const what = `${name} is counted, but not pushed: Prometheus has series of several environments under its job and instance`;
      this.#logger.warn(
        `${what} (${label}: ${seen}). Name ours in prometheus.labels, such as { ${label}: ${JSON.stringify(values.at(-1))} }`,
      );
    }
    return false;
  }

  /** Says once that Prometheus does not answer, and once that it does again. */
  #note(failure: Error | undefined): void {
    if (failure && !this.#isAway) {
      const what = `Counters with prefetch are counted, but not pushed until Prometheus has told their values`;
      this.#logger.warn(`${what}: ${failure.message}`);
    }
    if (!failure && this.#isAway) this.#logger.log(`Prometheus ${this.prometheus.address} answers again`);
    this.#isAway = failure !== undefined;
  }

  /**
   * What Prometheus last saw of a counter; undefined while it has not scraped the group since the store lost the family: the
   * gateway may have newer values than that. Ages are compared, each by one clock, not times of different clocks.
   */
  async #lastSeen(
    group: Group,
    { name, labelNames, prefetchGroupLabel }: ResolvedDefinition,
    waitedMs: number,
    signal?: AbortSignal,
  ): Promise<InstantSample[] | undefined> {
    const ask = (promql: string) => this.prometheus.query(promql, signal && { signal });
    const inGroup = groupMatchers(group, this.further);
    const ageOf = (metric: string): string => `max(time() - timestamp(${selectorOf(metric, inGroup)}))`;
    // A missing group proves nothing while Prometheus has just started and has not scraped yet.
    const anything = 'min(time() - timestamp(up))';
    const [age] = await ask(`${ageOf('push_time_seconds')} or ${ageOf(name)} or ${anything}`);
    if (age === undefined || age.value * 1_000 >= waitedMs) return undefined;
    const narrowed = prefetchGroupLabel === undefined ? '' : `,${anyValue(prefetchGroupLabel)}`;
    const series = selectorOf(name, `${inGroup}${narrowed}`);
    // Several gateways may have a copy each: the highest is what has been seen.
    const others = prefetchGroupLabel === undefined ? [...this.#copyLabels] : [...this.#copyLabels, prefetchGroupLabel];
    const copies = others.filter((label) => !labelNames.includes(label));
    const highest = `max without (${copies.map(promqlLabel).join(', ')})`;
    for (const values of [series, ...LOOK_BACKS.map((span) => `last_over_time(${series}[${span}])`)]) {
      const samples = await ask(`${highest} (${values})`);
      if (samples.length > 0) return samples;
    }
    return [];
  }

  async #restore(group: Group, definition: ResolvedDefinition, samples: readonly InstantSample[]): Promise<void> {
    const values = samples
      .filter(({ value }) => value > 0 && value < Infinity)
      .map(({ metric, value }) => ({ labels: labelsOf(definition, metric), value }));
    await this.store.restore(group, definition, values);
  }
}

/** The canonical label set. To Prometheus a label that is empty and one that is not there are the same. */
function labelsOf({ labelNames }: ResolvedDefinition, metric: Readonly<Record<string, string>>): string {
  const overflow = labelNames.includes(OVERFLOW) ? undefined : metric[OVERFLOW];
  if (overflow !== undefined) return canonicalLabels([OVERFLOW], [overflow]);
  return canonicalLabels(
    labelNames,
    labelNames.map((name) => metric[name] ?? ''),
  );
}
