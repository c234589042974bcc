import { definitionShape, type ResolvedDefinition } from '../model/index.js';
import type { FamilyUpdates, SeriesExemplars, Update } from '../store/index.js';
import type { Accumulator } from './accumulator.js';
import type { OwnParts } from './own-parts.js';
import type { PartList } from './part-accumulator.js';
import { PendingExemplars } from './pending-exemplars.js';

/** The changed series of one family that wait to be sent for one group. */
export class FamilyBuffer implements PartList {
  /** Whether the definition is in a batch: the store has it, or will have it before any change. */
  isDefined = false;
  /**
   * Whether the store is filling values of this family that nobody sees yet. They are shown when all of them are there:
   * `reset()` and what was set after it is one change to whoever reads.
   */
  isFilling = false;
  readonly exemplars = new PendingExemplars();

  /** The one series of a family without labels: it exists at 0 from its definition. */
  #onlySeries: Accumulator | undefined;
  /** What the store holds is to be replaced: by what waits, also if that is nothing, or only if something waits. */
  #replaces: 'always' | 'if changed' | undefined;
  #dirty: Accumulator[] = [];
  #taken: Accumulator[] = [];
  #next = 0;

  constructor(
    readonly definition: ResolvedDefinition,
    private readonly onChange: () => void,
    readonly parts: OwnParts,
  ) {}

  /** Makes a series exist from now on, and again after everything was cleared. In a gauge of processes one counts from its first value. */
  keepPresent(accumulator: Accumulator): void {
    if (this.definition.aggregation !== undefined) return;
    this.#onlySeries = accumulator;
    accumulator.change();
  }

  add(accumulator: Accumulator): void {
    this.#dirty.push(accumulator);
    this.onChange();
  }

  /** Removes all series, in the store too; of a gauge of processes what this process has of them. */
  reset(): void {
    if (this.definition.aggregation !== undefined) {
      this.parts.remove(this);
      return;
    }
    this.#drop();
    this.#replaces = 'always';
    this.onChange();
  }

  /** The store forgets the family with its definition: it begins from nothing. */
  clear(): void {
    this.isDefined = false;
    this.#drop();
    this.#replaces = 'if changed';
  }

  /** The clearing is in a batch: what comes later adds to what others have counted since. */
  cleared(): void {
    if (this.#replaces === 'if changed') this.#replaces = undefined;
  }

  /** Marks off what has changed until now as the part to be taken; later changes wait for the next time. */
  begin(): void {
    this.#taken = this.#next < this.#taken.length ? [...this.#taken.slice(this.#next), ...this.#dirty] : this.#dirty;
    this.#next = 0;
    this.#dirty = [];
  }

  /** Whether some of the part marked off has not been taken yet. */
  get hasMore(): boolean {
    return this.#next < this.#taken.length;
  }

  /** Updates of the part marked off, up to this weight but at least one if `isFirst`, and what they weigh. */
  take(room: number, isFirst: boolean): { updates: FamilyUpdates; weight: number } | undefined {
    const updates: Update[] = [];
    const exemplars: SeriesExemplars[] = [];
    let weight = 0;
    for (let next = this.#taken[this.#next]; next; next = this.#taken[this.#next]) {
      const nextWeight = next.weight + this.exemplars.weightOf(next);
      if (weight + nextWeight > room && !(isFirst && updates.length === 0)) break;
      weight += nextWeight;
      this.#next += 1;
      updates.push(...next.take());
      exemplars.push(...this.exemplars.take(next));
    }
    if (!this.hasMore) this.#release();
    const begins = this.#replaces === 'always' || (this.#replaces === 'if changed' && updates.length > 0);
    if (updates.length === 0 && !begins) return undefined;
    if (begins) {
      this.#replaces = undefined;
      this.isFilling = true;
    }
    const { definition } = this;
    const mode = begins ? ({ mode: 'begin' } as const) : this.isFilling && ({ mode: 'fill' } as const);
    const noted = exemplars.length > 0 && { exemplars };
    const shape = definitionShape(definition);
    return { updates: { family: definition.name, shape, ...mode, updates, ...noted }, weight };
  }

  /** Whether anything waits: changes, or the definition itself. */
  hasWork(): boolean {
    return this.#dirty.length > 0 || this.hasMore || this.isReset || !this.isDefined;
  }

  /** Whether all series are to be removed. */
  get isReset(): boolean {
    return this.#replaces === 'always';
  }

  /** In how many series something was counted that waits. */
  get waiting(): number {
    return [...this.#taken.slice(this.#next), ...this.#dirty].filter(({ hasCounted }) => hasCounted).length;
  }

  /** Sends nothing of what waits. */
  #drop(): void {
    const waiting = [...this.#taken.slice(this.#next), ...this.#dirty];
    this.#release();
    this.#dirty = [];
    this.#replaces = undefined;
    this.isFilling = false;
    for (const accumulator of waiting) accumulator.drop();
    this.exemplars.clear();
    if (this.definition.aggregation !== undefined) this.parts.clear(this);
    this.#onlySeries?.change();
  }

  #release(): void {
    this.#taken = [];
    this.#next = 0;
  }
}
