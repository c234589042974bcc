interface Timer {
  readonly id: number;
  readonly at: number;
  readonly act: () => void;
}

/** Virtual time: timers fire in their order, and those of one instant in an order that `order` makes up. */
export class World {
  #now = 1_000_000;
  /** The next one last. */
  #timers: Timer[] = [];
  #lastId = 0;
  #drawn = 0;
  #state: number;
  /** Broken promises of the product, in words. */
  readonly faults: string[] = [];
  /** What happened, for a person who reads a failure. */
  readonly story: string[] = [];

  constructor(
    private readonly dice: readonly number[],
    /** 0: what was set first fires first; any other number gives orders of its own. */
    private readonly order: number,
  ) {
    this.#state = order;
  }

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
      this.#takeDue().act();
      await settled();
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

  /** One of those that are due: they are the last, and the first of them stands at the end. */
  #takeDue(): Timer {
    const last = this.#timers.length - 1;
    const first = this.#timers.findLastIndex(({ at }) => at > this.#now) + 1;
    const at = this.order === 0 || first === last ? last : first + this.#draw(last - first + 1);
    return this.#timers.splice(at, 1)[0] as Timer;
  }

  /** A whole number below this one, by a linear congruential generator: its higher bits are the better ones. */
  #draw(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  #set(act: () => void, delayMs: number): number {
    const id = ++this.#lastId;
    const timer = { id, at: this.#now + delayMs, act };
    const before = this.#timers.findLastIndex(({ at }) => at >= timer.at);
    this.#timers.splice(before + 1, 0, timer);
    return id;
  }
}

/**
 * Everything that follows without time passing has happened: Node comes to its next tick when no promise is left to go on
 * with. A turn of the event loop would say the same, and takes ten times as long.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
