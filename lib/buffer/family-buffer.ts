import type { MetricClashError } from '../errors/index.js';
import { definitionShape, type ResolvedDefinition } from '../model/index.js';
import type { FamilyUpdates, Update } from '../store/index.js';
import type { Accumulator, DirtyList } from './accumulator.js';

/** The changed series of one family that wait to be sent for one group. */
export class FamilyBuffer implements DirtyList {
  /** Whether the store is known to hold the definition. */
  isDefined = false;
  /** Set when the store holds the name with another shape: from then on changes are dropped. */
  clash: MetricClashError | undefined;

  /** The one series of a family without labels: it exists at 0 from its definition. */
  #onlySeries: Accumulator | undefined;
  #isReset = false;
  #dirty: Accumulator[] = [];
  #taken: Accumulator[] = [];
  #next = 0;

  constructor(
    readonly definition: ResolvedDefinition,
    private readonly onChange: () => void,
  ) {}

  /** Makes a series exist from now on, and again after everything was cleared. */
  keepPresent(accumulator: Accumulator): void {
    this.#onlySeries = accumulator;
    accumulator.change();
  }

  add(accumulator: Accumulator): void {
    this.#dirty.push(accumulator);
    this.onChange();
  }

  /** Removes all series, in the store too. */
  reset(): void {
    this.drop();
    this.#isReset = true;
    this.onChange();
  }

  /** The store forgets the family with its definition: it begins anew. */
  clear(): void {
    this.clash = undefined;
    this.isDefined = false;
    this.drop();
  }

  /** Sends nothing of what waits. */
  drop(): void {
    const waiting = [...this.#taken.slice(this.#next), ...this.#dirty];
    this.#taken = [];
    this.#next = 0;
    this.#dirty = [];
    this.#isReset = false;
    for (const accumulator of waiting) accumulator.drop();
    this.#onlySeries?.change();
  }

  /** Marks off what has changed until now as the part to be taken; later changes wait for the next time. */
  begin(): void {
    this.#taken = this.#next < this.#taken.length ? [...this.#taken.slice(this.#next), ...this.#dirty] : this.#dirty;
    this.#next = 0;
    this.#dirty = [];
  }

  /** Up to `limit` updates of the part marked off. */
  take(limit: number): FamilyUpdates | undefined {
    if (this.clash) {
      this.#dropTaken();
      this.#isReset = false;
    }
    const updates: Update[] = [];
    for (let next = this.#taken[this.#next]; next; next = this.#taken[this.#next]) {
      if (updates.length + next.size > limit) break;
      this.#next += 1;
      updates.push(...next.take());
    }
    if (this.#next >= this.#taken.length) this.#release();
    if (updates.length === 0 && !this.#isReset) return undefined;
    const isReset = this.#isReset;
    this.#isReset = false;
    const { definition } = this;
    return { family: definition.name, shape: definitionShape(definition), ...(isReset && { mode: 'reset' }), updates };
  }

  /** Whether anything waits: changes, or the definition itself. */
  hasWork(): boolean {
    if (this.clash) return false;
    return this.#dirty.length > 0 || this.#next < this.#taken.length || this.#isReset || !this.isDefined;
  }

  /** How many changed series wait. */
  get waiting(): number {
    return this.clash ? 0 : this.#dirty.length + this.#taken.length - this.#next;
  }

  #dropTaken(): void {
    for (const accumulator of this.#taken.slice(this.#next)) accumulator.drop();
    this.#release();
  }

  #release(): void {
    this.#taken = [];
    this.#next = 0;
  }
}
