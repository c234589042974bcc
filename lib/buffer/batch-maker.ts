import type { ResolvedDefinition } from '../model/index.js';
import type { Batch, FamilyUpdates } from '../store/index.js';
import { byClockOfStore } from './by-clock-of-store.js';
import { FamilyBuffer } from './family-buffer.js';
import type { OwnParts } from './own-parts.js';

/** Updates of counters in one call of the store. They take Redis about one millisecond, two if all are new. */
const BATCH_WEIGHT = 200;
/** How much work a definition is; as much again for this many buckets. */
const DEFINITION_WEIGHT = 4;
const BUCKETS_A_WEIGHT = 100;
/** How many families one batch may show new values of. A reader sees each of them change at once, but not all together. */
const SHOWN_AT_ONCE = 20;

/** A batch that does not belong to a writer yet. */
export type BatchContent = Required<Pick<Batch, 'clear' | 'definitions' | 'families' | 'show'>>;

/** What has changed of the families of one group, and what is to be cleared of it, in batches of bounded work. */
export class BatchMaker {
  readonly #families = new Map<string, FamilyBuffer>();
  /** The same, one after the other. */
  readonly #all: FamilyBuffer[] = [];
  /** What is to be cleared: families by name, or all. */
  #cleared: 'all' | Set<string> = new Set();
  /** Families whose new values are in batches, but not shown yet. */
  readonly #filled = new Map<string, FamilyUpdates>();

  /** @param onChange Called when there is something to send. */
  constructor(
    private readonly onChange: () => void,
    private readonly parts: OwnParts,
  ) {}

  /** The buffer of a family; its definition goes to the store with the next batch. */
  family(definition: ResolvedDefinition): FamilyBuffer {
    let family = this.#families.get(definition.name);
    if (family === undefined) {
      family = new FamilyBuffer(definition, this.onChange, this.parts);
      this.#families.set(definition.name, family);
      this.#all.push(family);
      this.onChange();
    }
    return family;
  }

  definitionOf(name: string): ResolvedDefinition | undefined {
    return this.#families.get(name)?.definition;
  }

  /** Those that are in a batch: the store knows them, or will. */
  get definitions(): ResolvedDefinition[] {
    return this.#all.filter(({ isDefined }) => isDefined).map(({ definition }) => definition);
  }

  /** Forgets everything, or one family, also what waits to be sent. Definitions and later changes are sent again. */
  clear(name?: string): void {
    for (const filled of this.#filled.keys()) if (name === undefined || filled === name) this.#filled.delete(filled);
    if (name === undefined) this.#cleared = 'all';
    else if (this.#cleared !== 'all') this.#cleared.add(name);
    for (const family of this.#all) if (name === undefined || family.definition.name === name) family.clear();
    this.onChange();
  }

  /** Marks off what has changed until now: {@link make} takes no more than that. */
  begin(): void {
    for (const family of this.#all) family.begin();
  }

  /** Whether something that waits goes by the store's clock: slices of a summary, or exemplars. */
  get goesByClock(): boolean {
    return this.#all.some(({ definition, exemplars }) => definition.type === 'summary' || !exemplars.isEmpty);
  }

  /** Whether values take the place of others, of which batches that have been made are a part and others are still to come. */
  get isReplacing(): boolean {
    return this.#clears() || this.#filled.size > 0 || this.#all.some(({ isFilling }) => isFilling);
  }

  get hasWork(): boolean {
    return this.#filled.size > 0 || this.#clears() || this.#all.some((family) => family.hasWork());
  }

  /** Whether something would be lost: more than definitions and the series that exist through them. */
  get hasChanges(): boolean {
    return this.waiting > 0 || this.isReplacing || this.#all.some(({ isReset }) => isReset);
  }

  /** In how many series something was counted that waits. */
  get waiting(): number {
    return this.#all.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /**
   * Makes up the next batch; undefined if there is nothing more to send.
   * @param aheadMs How far the store's clock is ahead of this process'.
   */
  make(aheadMs: number): BatchContent | undefined {
    const families: FamilyUpdates[] = [];
    const definitions = this.#takeDefinitions();
    let room = BATCH_WEIGHT;
    for (const family of this.#all) {
      if (room <= 0) break;
      // Its definition comes with a later batch.
      if (!family.isDefined && !this.#clears(family.definition.name)) continue;
      const taken = family.take(room, families.length === 0);
      if (!taken) continue;
      families.push(byClockOfStore(taken.updates, family.definition, aheadMs));
      room -= taken.weight;
      if (family.hasMore || !family.isFilling) continue;
      family.isFilling = false;
      this.#filled.set(taken.updates.family, taken.updates);
    }
    const isLast = !this.#all.some(
      ({ hasMore, isDefined, definition }) => hasMore || (!isDefined && !this.#clears(definition.name)),
    );
    if (isLast) definitions.push(...this.#definitionsOfCleared());
    const batch = { ...this.#atOneStroke(isLast), definitions, families };
    const isEmpty = families.length + definitions.length + batch.show.length === 0 && batch.clear.length === 0;
    return isEmpty ? undefined : batch;
  }

  /** The last batch of a flush removes what is cleared and shows what replaces it: nobody sees one without the other. */
  #atOneStroke(isLast: boolean): Pick<BatchContent, 'clear' | 'show'> {
    if (this.#clears() && !isLast) return { clear: [], show: [] };
    const clear = this.#cleared === 'all' ? this.#cleared : [...this.#cleared];
    for (const family of this.#all) family.cleared();
    const shown = [...this.#filled.values()].slice(0, this.#clears() ? Infinity : SHOWN_AT_ONCE);
    for (const { family } of shown) this.#filled.delete(family);
    this.#cleared = new Set();
    return { clear, show: shown.map(({ family, shape }) => ({ family, shape })) };
  }

  /** Definitions that are in no batch yet, as many as one may have beside its updates. */
  #takeDefinitions(): ResolvedDefinition[] {
    const definitions: ResolvedDefinition[] = [];
    let weight = 0;
    for (const family of this.#all) {
      const { definition, isDefined } = family;
      if (weight >= BATCH_WEIGHT) break;
      if (isDefined || this.#clears(definition.name)) continue;
      family.isDefined = true;
      definitions.push(definition);
      weight += DEFINITION_WEIGHT + Math.floor(definition.buckets.length / BUCKETS_A_WEIGHT);
    }
    return definitions;
  }

  /** Of those whose new values are shown by the batch that clears. The others' come after it. */
  #definitionsOfCleared(): ResolvedDefinition[] {
    return [...this.#filled.keys()].flatMap((name) => {
      const family = this.#families.get(name) as FamilyBuffer;
      if (family.isDefined || !this.#clears(name)) return [];
      family.isDefined = true;
      return [family.definition];
    });
  }

  /** Whether a family, or anything at all, is to be cleared. */
  #clears(name?: string): boolean {
    if (this.#cleared === 'all') return true;
    return name === undefined ? this.#cleared.size > 0 : this.#cleared.has(name);
  }
}
