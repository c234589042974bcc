import type { HistogramValue, SeriesValue } from '../../../lib/model/index.js';

/** What an action concerns: one series, a family, or the whole group. */
export interface Scope {
  readonly family?: string;
  readonly series?: string;
}

interface Event extends Scope {
  readonly writer: number;
  readonly issuedAt: number;
  /** When it was known to be in the store; undefined: not yet. */
  storedAt: number | undefined;
}

interface Addition extends Event {
  readonly kind: 'addition';
  /** A power of four of its own: the digits of a sum tell which additions are in it, and how often. */
  readonly digit: number;
}

interface Setting extends Event {
  readonly kind: 'setting';
  readonly value: number;
}

/** Removes what came before it. */
interface Removal extends Event {
  readonly kind: 'removal';
}

/** Base 4 in the 53 bits of a number. */
export const MOST_ADDITIONS = 26;

/** Nobody's writer: the store itself. */
const STORE = -1;

/**
 * All that was done to a group by its writers, and what a store may hold after it. Between writers only that has an order
 * which was stored before the other was begun; within a writer everything has.
 */
export class History {
  readonly #events: (Addition | Setting | Removal)[] = [];
  #clock = 0;
  #additions = 0;

  /** Gives the number to add; undefined once there is no digit left. */
  add(writer: number, scope: Required<Scope>): number | undefined {
    if (this.#additions >= MOST_ADDITIONS) return undefined;
    const digit = this.#additions++;
    this.#events.push({ kind: 'addition', ...this.#event(writer, scope), digit });
    return 4 ** digit;
  }

  /** Gives a number that is set only once. */
  set(writer: number, scope: Required<Scope>): number {
    const value = this.#clock + 1;
    this.#events.push({ kind: 'setting', ...this.#event(writer, scope), value });
    return value;
  }

  remove(writer: number, scope: Scope): void {
    this.#events.push({ kind: 'removal', ...this.#event(writer, scope) });
  }

  /** The store has lost everything. */
  emptied(): void {
    const removal: Removal = { kind: 'removal', ...this.#event(STORE, {}) };
    removal.storedAt = this.#clock;
    this.#events.push(removal);
  }

  /** A moment to give to {@link stored}: everything a writer has done until now. */
  now(): number {
    return this.#clock;
  }

  /** What a writer did up to a moment is in the store. */
  stored(writer: number, until: number): void {
    this.#clock += 1;
    for (const event of this.#events) {
      if (event.writer === writer && event.issuedAt <= until) event.storedAt ??= this.#clock;
    }
  }

  /** What is wrong with a value, in words; undefined if it is one that a right store may hold. */
  faultOf(scope: Required<Scope>, value: SeriesValue | undefined): string | undefined {
    const events = this.#events.filter((event) => touches(event, scope));
    if (events.some(({ kind }) => kind === 'setting')) return this.#faultOfSetting(events, value as number | undefined);
    const sum = typeof value === 'object' ? value.sum : (value ?? 0);
    let once = 0;
    for (let digit = 0; digit < MOST_ADDITIONS; digit++) {
      const times = Math.floor(sum / 4 ** digit) % 4;
      const addition = events.find((event) => event.kind === 'addition' && event.digit === digit);
      if (times > 1) return `addition ${digit} is in it ${times} times`;
      once += times;
      const fault = addition ? this.#faultOfPresence(addition, events, times === 1) : times > 0 && 'comes from nowhere';
      if (fault) return `addition ${digit} ${fault}`;
    }
    const count = typeof value === 'object' ? countOf(value as HistogramValue) : once;
    return count === once ? undefined : `${count} observations, but a sum of ${once}`;
  }

  #faultOfSetting(events: readonly Event[], value: number | undefined): string | undefined {
    const all = events as (Setting | Removal)[];
    const settings = all.filter((event) => event.kind === 'setting');
    if (value === undefined) {
      const lost = settings.find((setting) => this.#faultOfPresence(setting, events, false) !== undefined);
      return lost && `setting ${lost.value} is not in it`;
    }
    const setting = settings.find((each) => each.value === value);
    if (!setting) return `${value} was never set`;
    const later = all.find((other) => this.#isSure(other) && isBefore(setting, other));
    return later && `${value} was overwritten or removed`;
  }

  #faultOfPresence(event: Event, events: readonly Event[], isPresent: boolean): string | undefined {
    const removals = (events as (Addition | Setting | Removal)[]).filter(({ kind }) => kind === 'removal');
    if (isPresent) {
      return removals.some((removal) => this.#isSure(removal) && isBefore(event, removal)) ? 'was removed' : undefined;
    }
    if (!this.#isSure(event)) return undefined;
    return removals.some((removal) => !isBefore(removal, event)) ? undefined : 'is not in it';
  }

  /** Whether it is known to be in the store. */
  #isSure({ storedAt }: Event): boolean {
    return storedAt !== undefined;
  }

  #event(writer: number, scope: Scope): Event {
    this.#clock += 1;
    return { ...scope, writer, issuedAt: this.#clock, storedAt: undefined };
  }
}

/** Whether one certainly took effect before the other, if both did. */
function isBefore(one: Event, other: Event): boolean {
  if (one.writer === other.writer) return one.issuedAt < other.issuedAt;
  return one.storedAt !== undefined && one.storedAt < other.issuedAt;
}

function touches(event: Event, { family, series }: Required<Scope>): boolean {
  if (event.family !== undefined && event.family !== family) return false;
  return event.series === undefined || event.series === series;
}

function countOf({ counts }: HistogramValue): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
