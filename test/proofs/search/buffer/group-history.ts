import type { HistogramValue, SeriesValue } from '../../../../lib/model/index.js';

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
  /** A store that went back to an earlier state may have lost it. */
  mayBeLost?: true;
  /** A store that was emptied has certainly lost it. */
  isEmptied?: true;
  /** It waited in a process when that was copied: the copy may bring it once more, at any time. */
  readonly isCopy?: true;
}

interface Addition extends Event {
  readonly kind: 'addition';
  /** A power of four of its own: the digits of a sum tell which additions are in it, and how often. */
  readonly digit: number;
  /** Whether it has been in a batch that was sent: who is copied then, has the batch with its number. */
  isSent: boolean;
  /** Whether the store has had it, shown or not: it is not sent again. */
  isTaken: boolean;
}

interface Setting extends Event {
  readonly kind: 'setting';
  readonly value: number;
}

/** Removes what came before it. */
interface Removal extends Event {
  readonly kind: 'removal';
}

type Known = Addition | Setting | Removal;

/** Base 4 in the 53 bits of a number. */
export const MOST_ADDITIONS = 26;

/**
 * All that was done to a group by its writers, and what a store may hold after it. Between writers only that has an order
 * which was stored before the other was begun; within a writer everything has.
 */
export class History {
  readonly #events: Known[] = [];
  /** When the store was emptied. */
  #emptied: number[] = [];
  /** When it went back, and to when. */
  readonly #rolledBack: { readonly at: number; readonly to: number }[] = [];
  #clock = 0;
  #additions = 0;

  /** Gives the number to add; undefined once there is no digit left. */
  add(writer: number, scope: Required<Scope>): number | undefined {
    if (this.#additions >= MOST_ADDITIONS) return undefined;
    const digit = this.#additions++;
    this.#events.push({ kind: 'addition', ...this.#event(writer, scope), digit, isSent: false, isTaken: false });
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

  /** A moment to give to {@link stored} and {@link faultOf}: everything until now. */
  now(): number {
    return this.#clock;
  }

  /** These additions are on their way for the first time, or again. */
  sent(digits: ReadonlySet<number>): void {
    for (const addition of this.#additionsOf(digits)) addition.isSent = true;
  }

  /** A writer has been told that the store has taken these additions, which it did between two moments. */
  taken(digits: ReadonlySet<number>, from: number, to: number): void {
    const mayBeLost = this.#rolledBack.some((back) => from < back.at && to >= back.to);
    for (const addition of this.#additionsOf(digits)) {
      if (addition.isCopy) continue;
      addition.isTaken = true;
      if (mayBeLost) addition.mayBeLost = true;
    }
  }

  /** A writer has been told that these additions are in the store. */
  confirmed(digits: ReadonlySet<number>): void {
    this.#clock += 1;
    for (const addition of this.#additionsOf(digits)) if (!addition.isCopy) addition.storedAt ??= this.#clock;
  }

  /** What a writer did up to a moment is in the store. */
  stored(writer: number, until: number): void {
    this.#clock += 1;
    for (const event of this.#events) {
      if (event.writer === writer && event.issuedAt <= until && !event.isCopy) event.storedAt ??= this.#clock;
    }
  }

  /** A moment that the store may go {@link rolledBack} to. */
  saved(): number {
    return ++this.#clock;
  }

  /**
   * The store is as it was at an earlier moment. An addition that nobody knows to be taken is sent again; of the rest one
   * cannot tell from outside whether it was stored before.
   */
  rolledBack(to: number): void {
    this.#clock += 1;
    this.#rolledBack.push({ at: this.#clock, to });
    this.#emptied = this.#emptied.filter((at) => at < to);
    for (const event of this.#events) {
      const isKept = event.storedAt !== undefined && event.storedAt < to;
      if (!isKept && (event.kind !== 'addition' || event.isTaken)) event.mayBeLost = true;
    }
  }

  /** The store has lost everything, and nothing from before is on its way. */
  emptied(): void {
    this.rolledBack(0);
    this.#emptied.push(this.#clock);
  }

  /** A process was copied: whatever waited in it waits in both. */
  copied(from: number, to: number): void {
    const waiting = this.#events.filter(({ writer, storedAt }) => writer === from && storedAt === undefined);
    for (const event of waiting) {
      if (event.kind === 'addition' && event.isSent) continue;
      this.#events.push({ ...event, ...this.#event(to, event), isCopy: true });
    }
  }

  /**
   * What is wrong with a value, in words; undefined if it is one that a right store may hold.
   * @param since When reading it began: what became sure later proves nothing.
   */
  faultOf(scope: Required<Scope>, value: SeriesValue | undefined, since: number): string | undefined {
    const events = this.#eventsAt(scope, since);
    if (events.some(({ kind }) => kind === 'setting')) return this.#faultOfSetting(events, value as number | undefined);
    let all = 0;
    for (let digit = 0; digit < MOST_ADDITIONS; digit++) {
      const times = timesOf(digit, value);
      const additions = events.filter((event) => event.kind === 'addition' && event.digit === digit);
      all += times;
      const fault = this.#faultOfTimes(times, additions, events);
      if (fault !== undefined) return `addition ${digit} ${fault}`;
    }
    const count = typeof value === 'object' ? countOf(value as HistogramValue) : all;
    return count === all ? undefined : `${count} observations, but a sum of ${all}`;
  }

  /** Writers that had been told that an addition is stored, which is gone, though nobody has removed it. */
  losersOf(scope: Required<Scope>, value: SeriesValue | undefined): number[] {
    const events = this.#eventsAt(scope, this.#clock);
    const lost = events.filter((event) => {
      if (event.kind !== 'addition' || event.storedAt === undefined || timesOf(event.digit, value) > 0) return false;
      return !this.#mayBeRemoved(event, events);
    });
    return lost.map(({ writer }) => writer);
  }

  /** What concerns a series, as it was known at a moment. */
  #eventsAt(scope: Required<Scope>, moment: number): Known[] {
    const emptied = this.#emptied.filter((at) => at <= moment);
    return this.#events
      .filter((event) => touches(event, scope))
      .map((event) => {
        const { storedAt = Infinity } = event;
        if (storedAt > moment) return { ...event, storedAt: undefined };
        return emptied.some((at) => storedAt <= at) ? { ...event, isEmptied: true } : event;
      });
  }

  #faultOfTimes(times: number, additions: readonly Event[], events: readonly Known[]): string | undefined {
    if (times > additions.length) return additions.length === 0 ? 'comes from nowhere' : `is in it ${times} times`;
    if (times > 0 && additions.every((event) => this.#isGone(event, events))) return 'was removed';
    const isMissing = times === 0 && additions.some((event) => isSure(event) && !this.#mayBeRemoved(event, events));
    return isMissing ? 'is not in it' : undefined;
  }

  #faultOfSetting(events: readonly Known[], value: number | undefined): string | undefined {
    const settings = events.filter((event) => event.kind === 'setting');
    if (value === undefined) {
      const lost = settings.find((setting) => isSure(setting) && !this.#mayBeRemoved(setting, events));
      return lost && `setting ${lost.value} is not in it`;
    }
    const same = settings.filter((each) => each.value === value);
    if (same.length === 0) return `${value} was never set`;
    const isOver = same.every(
      (setting) => this.#isGone(setting, events) || settings.some((other) => isSure(other) && isBefore(setting, other)),
    );
    return isOver ? `${value} was overwritten or removed` : undefined;
  }

  /** Whether it cannot be in the store any more. */
  #isGone(event: Event, events: readonly Known[]): boolean {
    if (event.isEmptied) return true;
    return removalsIn(events).some((removal) => isSure(removal) && isBefore(event, removal));
  }

  #mayBeRemoved(event: Event, events: readonly Known[]): boolean {
    return removalsIn(events).some((removal) => !isBefore(removal, event));
  }

  #additionsOf(digits: ReadonlySet<number>): Addition[] {
    return this.#events.filter((event) => event.kind === 'addition' && digits.has(event.digit)) as Addition[];
  }

  #event(writer: number, { family, series }: Scope): Event {
    this.#clock += 1;
    const scope = { ...(family !== undefined && { family }), ...(series !== undefined && { series }) };
    return { ...scope, writer, issuedAt: this.#clock, storedAt: undefined };
  }
}

/** Which additions are in a sum. */
export function digitsOf(sum: number): number[] {
  const digits: number[] = [];
  for (let digit = 0; 4 ** digit <= sum; digit++) if (timesOf(digit, sum) > 0) digits.push(digit);
  return digits;
}

function timesOf(digit: number, value: SeriesValue | undefined): number {
  const sum = typeof value === 'object' ? value.sum : (value ?? 0);
  return Math.floor(sum / 4 ** digit) % 4;
}

function removalsIn(events: readonly Known[]): Event[] {
  return events.filter(({ kind }) => kind === 'removal');
}

/** Whether it has certainly taken effect. */
function isSure({ storedAt, mayBeLost }: Event): boolean {
  return storedAt !== undefined && !mayBeLost;
}

/** Whether one certainly took effect before the other, if both did. */
function isBefore(one: Event, other: Event): boolean {
  if (one.writer === other.writer && !one.isCopy && !other.isCopy) return one.issuedAt < other.issuedAt;
  return one.storedAt !== undefined && one.storedAt < other.issuedAt;
}

function touches(event: Event, { family, series }: Required<Scope>): boolean {
  if (event.family !== undefined && event.family !== family) return false;
  return event.series === undefined || event.series === series;
}

function countOf({ counts }: HistogramValue): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
