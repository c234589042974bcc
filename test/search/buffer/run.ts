import type { Scheduler } from 'fast-check';
import {
  type BufferListener,
  type FamilyBuffer,
  HistogramAccumulator,
  NumberAccumulator,
  UpdateBuffer,
} from '../../../lib/buffer/index.js';
import {
  type Group,
  type MetricDefinition,
  resolveDefinition,
  type ResolvedDefinition,
  type SeriesValue,
} from '../../../lib/model/index.js';
import type { SeriesStore } from '../../../lib/store/index.js';
import { type Fate, FaultyLink } from './faulty-link.js';
import { History } from './history.js';

const SERIES = ['type="blue"', 'type="red"'] as const;
const FAMILIES = {
  counter: definition({ name: 'orders_total', type: 'counter' }),
  gauge: definition({ name: 'depth', type: 'gauge' }),
  histogram: definition({ name: 'size_bytes', type: 'histogram', buckets: [16, 4096] }),
};

export type Action =
  | { readonly verb: 'change' | 'remove'; readonly type: keyof typeof FAMILIES; readonly series: 0 | 1 }
  | { readonly verb: 'reset'; readonly type: keyof typeof FAMILIES }
  | { readonly verb: 'clear' | 'flush' | 'crash' | 'store emptied' };

export interface Plan {
  /** What is done by whom, in this order. */
  readonly steps: readonly { readonly writer: number; readonly action: Action }[];
  /** Of the batches in the order in which they are sent; those after the last are fine. */
  readonly fates: readonly Fate[];
}

const LISTENER: BufferListener = {
  storeFailed: () => undefined,
  storeAnswered: () => undefined,
  waits: () => undefined,
  failed: () => undefined,
  torn: () => undefined,
  lost: () => undefined,
  copied: () => undefined,
};
const FLUSH_INTERVAL_MS = 1;

/** A store that can be emptied while it runs. */
export interface EmptyableStore {
  readonly store: Pick<SeriesStore, 'apply' | 'number' | 'read'>;
  empty(): Promise<void>;
}

/** One process that counts. */
class Writer {
  readonly #link: FaultyLink;
  readonly #buffer: UpdateBuffer;
  readonly #families = new Map<string, FamilyBuffer>();
  readonly #accumulators = new Map<string, NumberAccumulator | HistogramAccumulator>();
  isAlive = true;

  constructor(
    private readonly id: number,
    group: Group,
    link: FaultyLink,
    private readonly history: History,
    private readonly check: () => Promise<void>,
  ) {
    this.#link = link;
    this.#buffer = new UpdateBuffer(group, link as unknown as SeriesStore, FLUSH_INTERVAL_MS, LISTENER);
    for (const family of Object.values(FAMILIES)) this.#families.set(family.name, this.#buffer.family(family));
  }

  act(action: Action): void {
    switch (action.verb) {
      case 'change':
        this.#change(FAMILIES[action.type], SERIES[action.series]);
        break;
      case 'remove':
        this.history.remove(this.id, { family: FAMILIES[action.type].name, series: SERIES[action.series] });
        this.#accumulator(FAMILIES[action.type], SERIES[action.series]).remove();
        break;
      case 'reset':
        this.history.remove(this.id, { family: FAMILIES[action.type].name });
        this.#families.get(FAMILIES[action.type].name)?.reset();
        break;
      case 'clear':
        this.history.remove(this.id, {});
        this.#buffer.clear();
        break;
      case 'crash':
        this.crash();
        break;
    }
  }

  /** Resolves when what was done until now is in the store, or could not be brought there; then all values are checked. */
  async flush(): Promise<void> {
    const until = this.history.now();
    try {
      await this.#buffer.flush();
    } catch {
      return;
    }
    this.history.stored(this.id, until);
    await this.check();
  }

  crash(): void {
    this.isAlive = false;
    this.#link.cut();
  }

  #change(family: ResolvedDefinition, series: string): void {
    const scope = { family: family.name, series };
    const accumulator = this.#accumulator(family, series);
    if (family.type === 'gauge') {
      (accumulator as NumberAccumulator).set(this.history.set(this.id, scope));
      return;
    }
    const step = this.history.add(this.id, scope);
    if (step === undefined) return;
    if (accumulator instanceof HistogramAccumulator) accumulator.observe(step);
    else accumulator.add(step);
  }

  #accumulator(family: ResolvedDefinition, series: string): NumberAccumulator | HistogramAccumulator {
    const id = `${family.name}{${series}}`;
    const buffer = this.#families.get(family.name) as FamilyBuffer;
    const accumulator =
      this.#accumulators.get(id) ??
      (family.type === 'histogram'
        ? new HistogramAccumulator(series, buffer, family.buckets)
        : new NumberAccumulator(series, buffer));
    this.#accumulators.set(id, accumulator);
    return accumulator;
  }
}

/**
 * Lets writers do what the plan says, over links with the plan's faults, in an order that the scheduler chooses. After every
 * flush and at the end the store must hold what the history allows.
 * @throws Error if it does not.
 */
export async function run(scheduler: Scheduler, plan: Plan, group: Group, emptyable: EmptyableStore): Promise<void> {
  const { store } = emptyable;
  const history = new History();
  const fates = [...plan.fates];
  const faults: string[] = [];
  // What a check throws would be taken for a failure of the store.
  const check = async (): Promise<void> => {
    faults.push(...(await faultsOf(store, group, history)));
  };
  const writers = [0, 1, 2].map((id) => {
    const link = new FaultyLink(store, scheduler, () => fates.shift() ?? 'fine', check);
    return new Writer(id, group, link, history, check);
  });
  const script = async (): Promise<void> => {
    for (const { writer: id, action } of plan.steps) {
      await scheduler.schedule(Promise.resolve(), `${id} ${action.verb}`);
      const writer = writers[id] as Writer;
      if (action.verb === 'store emptied') {
        history.emptied();
        await emptyable.empty();
      } else if (!writer.isAlive) continue;
      else if (action.verb === 'flush') void writer.flush();
      else writer.act(action);
    }
    const living = writers.filter(({ isAlive }) => isAlive);
    // Each attempt may meet another fault of the plan.
    for (const writer of living) for (let attempt = 0; attempt <= plan.fates.length; attempt++) await writer.flush();
  };
  try {
    await scheduler.waitFor(script());
    // What is late arrives.
    while (scheduler.count() > 0) await scheduler.waitNext(1);
    await check();
  } finally {
    for (const writer of writers) writer.crash();
  }
  if (faults[0] !== undefined) throw new Error(faults[0]);
}

async function faultsOf(store: Pick<SeriesStore, 'read'>, group: Group, history: History): Promise<string[]> {
  const faults: string[] = [];
  for (const family of Object.values(FAMILIES)) {
    const values = new Map<string, SeriesValue>();
    for await (const chunk of store.read(group, family)) for (const each of chunk) values.set(each.labels, each.value);
    for (const series of SERIES) {
      const fault = history.faultOf({ family: family.name, series }, values.get(series));
      if (fault !== undefined) faults.push(`${family.name}{${series}}: ${fault}`);
    }
  }
  return faults;
}

function definition(given: Pick<MetricDefinition, 'name' | 'type' | 'buckets'>): ResolvedDefinition {
  return resolveDefinition({ help: 'Searched', labelNames: ['type'], ...given });
}
