import type { Scheduler } from 'fast-check';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly act: () => void;
}

/** Virtual time: timers fire in their order, and those of one instant in an order that the scheduler chooses. */
export class World {
  #now = 1_000_000;
  /** The next one last. */
  #timers: Timer[] = [];
  #lastId = 0;
  #drawn = 0;
  /** Broken promises of the product, in words. */
  readonly faults: string[] = [];
  /** What happened, for a person who reads a failure. */
  readonly story: string[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly dice: readonly number[],
  ) {}

  get now(): number {
    return this.#now;
  }

  /** One of the choices, as the dice fall. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    const die = this.dice[this.#drawn++ % this.dice.length] ?? 0;
    return choices[die % choices.length] as T;
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#set(resolve, delayMs);
    });
  }

  /** Time on the network. */
  travel(): Promise<void> {
    return this.wait(this.pick([1, 1, 2, 5, 30]));
  }

  tell(what: string): void {
    this.story.push(`${((this.#now - 1_000_000) / 1_000).toFixed(3)} ${what}`);
  }

  blame(fault: string): void {
    this.tell(`FAULT ${fault}`);
    this.faults.push(fault);
  }

  /** Lets things happen for some virtual time, or until a promise was broken. */
  async run(durationMs: number): Promise<void> {
    const end = this.#now + durationMs;
    while (this.faults.length === 0) {
      const next = this.#timers.at(-1)?.at ?? Infinity;
      if (next > end) break;
      this.#now = Math.max(this.#now, next);
      const first = this.#timers.findLastIndex(({ at }) => at > this.#now) + 1;
      const due = this.#timers.splice(first);
      const [only] = due;
      if (due.length === 1 && only) {
        only.act();
        await settled();
      } else await this.#inAnyOrder(due);
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Puts this time in the place of the real one, for the code under test; the function returned takes it away again. */
  install(): () => void {
    const { setTimeout, clearTimeout } = globalThis;
    const { now } = Date;
    const { performance: clock } = globalThis;
    Object.assign(globalThis, {
      setTimeout: (act: () => void, delayMs = 0) => this.#set(act, delayMs),
      clearTimeout: (id: number) => {
        this.#timers = this.#timers.filter((timer) => timer.id !== id);
      },
    });
    Object.assign(Date, { now: () => this.#now });
    Object.assign(clock, { now: () => this.#now });
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Object.assign(Date, { now });
      // What was put before the method of its class goes.
      Reflect.deleteProperty(clock, 'now');
    };
  }

  async #inAnyOrder(due: readonly Timer[]): Promise<void> {
    for (const { act } of due) void this.scheduler.schedule(Promise.resolve()).then(act);
    for (let left = due.length; left > 0; left--) {
      await this.scheduler.waitNext(1);
      await settled();
    }
  }

  #set(act: () => void, delayMs: number): number {
    const id = ++this.#lastId;
    const timer = { id, at: this.#now + delayMs, act };
    const before = this.#timers.findLastIndex(({ at }) => at >= timer.at);
    this.#timers.splice(before + 1, 0, timer);
    return id;
  }
}

/** Everything that follows without time passing has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
