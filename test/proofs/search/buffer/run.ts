import type { Scheduler } from 'fast-check';
import type { Group, SeriesValue } from '../../../../lib/model/index.js';
import { type FailingStore, type Fate, FaultyLink } from './faulty-link.js';
import { History } from './group-history.js';
import { CountingProcess, FAMILIES, SERIES } from './process.js';
import { TwinLinks } from './twin.js';
import { type Action, Writer } from './simulated-writer.js';

/** What becomes of the store. */
export interface StoreFault {
  readonly verb: 'store saved' | 'store rolled back' | 'store emptied';
}

export interface Plan {
  /** What is done by whom, in this order. */
  readonly steps: readonly { readonly writer: number; readonly action: Action | StoreFault }[];
  /** Of the requests in the order in which they are sent; those after the last are fine. */
  readonly fates: readonly Fate[];
}

/**
 * A store that can be emptied, and go back to the state that it had when it was saved, while it runs: before anything that is
 * sent after the call.
 */
export interface FragileStore {
  readonly store: FailingStore;
  empty(): Promise<void>;
  /** Resolves to what brings it back to the state of now. */
  save(): Promise<() => Promise<void>>;
}

const FLUSH_INTERVAL_MS = 1;
/** A twin must send when its process does: only when that is told to. */
export const NEVER_MS = 100_000_000;

/** Writers with their links to one store, and what must hold while the plan's faults befall them. */
class Simulation {
  readonly #history = new History();
  readonly #writers: Writer[];
  readonly #fates: Fate[];
  readonly #faults: string[] = [];
  #back: (() => Promise<void>) | undefined;
  #savedAt = -1;
  #hasLost = false;
  #hasCopies = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly plan: Plan,
    private readonly group: Group,
    private readonly fragile: FragileStore,
  ) {
    this.#fates = [...plan.fates];
    const copies = plan.steps.filter(({ action }) => action.verb === 'copy').map(({ writer }) => writer);
    this.#writers = [0, 1, 2].map((id) => this.#start(id, copies.length > 0, copies.includes(id)));
  }

  /** @returns What is wrong, in words. */
  async run(): Promise<string | undefined> {
    try {
      await this.scheduler.waitFor(this.#script());
      // What is late arrives.
      while (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
      await this.#check();
      await this.#checkTold();
    } finally {
      for (const writer of this.#writers) writer.stop();
    }
    return this.#faults[0];
  }

  #start(id: number, isQuiet: boolean, hasTwin: boolean): Writer {
    const link = this.#link();
    const flushIntervalMs = isQuiet ? NEVER_MS : FLUSH_INTERVAL_MS;
    const { group } = this;
    if (!hasTwin) {
      const process = new CountingProcess(group, link, flushIntervalMs);
      return new Writer(id, process, link, this.#history, this.#check);
    }
    const links = new TwinLinks(link);
    const process = new CountingProcess(group, links.original, flushIntervalMs);
    const twin = { process: new CountingProcess(group, links.twin, flushIntervalMs), links };
    return new Writer(id, process, link, this.#history, this.#check, twin);
  }

  #link(): FaultyLink {
    const nextFate = (): Fate => this.#fates.shift() ?? 'fine';
    return new FaultyLink(this.fragile.store, this.scheduler, nextFate, this.#history, this.#check);
  }

  async #script(): Promise<void> {
    for (const { writer: id, action } of this.plan.steps) {
      await this.scheduler.schedule(Promise.resolve(), `${id} ${action.verb}`);
      await this.#do(this.#writers[id % this.#writers.length] as Writer, action);
    }
    // So that all of them ask the store, and each attempt may meet another fault of the plan.
    for (const writer of this.#writers) if (writer.isAlive) writer.change('gauge', SERIES[0]);
    const living = this.#writers.filter(({ isAlive }) => isAlive);
    for (const writer of living) for (let left = this.plan.fates.length; left >= 0; left--) await writer.flush();
  }

  async #do(writer: Writer, action: Action | StoreFault): Promise<void> {
    switch (action.verb) {
      case 'store emptied':
        this.#hasLost = true;
        await this.#during(this.fragile.empty(), () => {
          this.#history.emptied();
        });
        break;
      case 'store saved':
        this.#back = await this.#during(this.fragile.save(), () => {
          this.#savedAt = this.#history.saved();
        });
        break;
      case 'store rolled back':
        if (this.#back === undefined) return;
        this.#hasLost = true;
        await this.#during(this.#back(), () => {
          this.#history.rolledBack(this.#savedAt);
        });
        break;
      case 'copy': {
        const copy = writer.copy(this.#writers.length, this.#link());
        if (copy) this.#writers.push(copy);
        this.#hasCopies ||= copy !== undefined;
        break;
      }
      default:
        if (writer.isAlive) writer.act(action);
    }
  }

  /** A fault that is on its way comes before what is sent from now on. */
  async #during<Result>(fault: Promise<Result>, note: () => void): Promise<Result> {
    note();
    return fault;
  }

  /** What a check throws would be taken for a failure of the store. */
  readonly #check = async (): Promise<void> => {
    const since = this.#history.now();
    for (const [scope, value] of await this.#values()) {
      const fault = this.#history.faultOf(scope, value, since);
      if (fault !== undefined) this.#faults.push(`${scope.family}{${scope.series}}: ${fault}`);
    }
  };

  /** Whoever has lost what was confirmed is told, and nobody else is told anything. */
  async #checkTold(): Promise<void> {
    const losers = new Set<number>();
    for (const [scope, value] of await this.#values()) {
      for (const loser of this.#history.losersOf(scope, value)) losers.add(loser);
    }
    for (const { id, isAlive, told } of this.#writers) {
      const { lost = 0, copied = 0, ...others } = told;
      if (isAlive && losers.has(id) && lost === 0) this.#faults.push(`writer ${id} lost something, and was not told`);
      if (lost > 0 && !this.#hasLost) this.#faults.push(`writer ${id} was told that something is lost`);
      if (copied > 0 && !this.#hasCopies) this.#faults.push(`writer ${id} was told that it is a copy`);
      for (const what of Object.keys(others)) this.#faults.push(`writer ${id} was told that something is ${what}`);
    }
  }

  async #values(): Promise<[scope: { family: string; series: string }, value: SeriesValue | undefined][]> {
    const all: [{ family: string; series: string }, SeriesValue | undefined][] = [];
    for (const family of Object.values(FAMILIES)) {
      const values = new Map<string, SeriesValue>();
      for await (const chunk of this.fragile.store.read(this.group, family))
        for (const each of chunk) values.set(each.labels, each.value);
      for (const series of SERIES) all.push([{ family: family.name, series }, values.get(series)]);
    }
    return all;
  }
}

/**
 * Lets writers do what the plan says, over links with the plan's faults, in an order that the scheduler chooses. After every
 * flush and at the end the store must hold what the history allows, and of what it lost the writer must have been told.
 * @throws Error if it does not.
 */
export async function run(scheduler: Scheduler, plan: Plan, group: Group, fragile: FragileStore): Promise<void> {
  const fault = await new Simulation(scheduler, plan, group, fragile).run();
  if (fault !== undefined) throw new Error(fault);
}
