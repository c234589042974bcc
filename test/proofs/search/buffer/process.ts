import {
  type BufferListener,
  type FamilyBuffer,
  HistogramAccumulator,
  NumberAccumulator,
  UpdateBuffer,
} from '../../../../lib/buffer/index.js';
import {
  type Group,
  type MetricDefinition,
  resolveDefinition,
  type ResolvedDefinition,
} from '../../../../lib/model/index.js';
import type { SeriesStore } from '../../../../lib/store/index.js';
import type { Link } from './faulty-link.js';

export const SERIES = ['type="blue"', 'type="red"'] as const;
export const FAMILIES = {
  counter: definition({ name: 'orders_total', type: 'counter' }),
  gauge: definition({ name: 'depth', type: 'gauge' }),
  histogram: definition({ name: 'size_bytes', type: 'histogram', buckets: [16, 4096] }),
};
export type Type = keyof typeof FAMILIES;

/** Nobody looks at these: with them one flush is two batches. They stand between the counter and the others. */
const CROWD = definition({ name: 'crowd', type: 'gauge' });
const CROWDED = Array.from({ length: 200 }, (_, at) => `type="${at}"`);

type Accumulator = NumberAccumulator | HistogramAccumulator;

/** What is told, by name, and how often. */
export type Told = Partial<Record<keyof BufferListener, number>>;

/** What counts in a process: a buffer with its accumulators. */
export class CountingProcess {
  readonly told: Told = {};
  readonly #buffer: UpdateBuffer;
  readonly #families = new Map<string, FamilyBuffer>();
  readonly #accumulators = new Map<string, Accumulator>();

  constructor(group: Group, link: Link, flushIntervalMs: number) {
    const tell = (what: keyof BufferListener) => (): void => {
      this.told[what] = (this.told[what] ?? 0) + 1;
    };
    const listener: BufferListener = {
      storeFailed: () => undefined,
      storeAnswered: () => undefined,
      waits: tell('waits'),
      failed: tell('failed'),
      torn: tell('torn'),
      lost: tell('lost'),
      copied: tell('copied'),
    };
    this.#buffer = new UpdateBuffer(group, link as SeriesStore, flushIntervalMs, listener);
    const { counter, ...others } = FAMILIES;
    for (const each of [counter, CROWD, ...Object.values(others)]) this.#families.set(each.name, this.#family(each));
  }

  change(type: Type, series: string, value: number): void {
    const accumulator = this.#accumulator(FAMILIES[type], series);
    if (accumulator instanceof HistogramAccumulator) accumulator.observe(value);
    else if (type === 'gauge') accumulator.put(value);
    else accumulator.add(value);
  }

  crowd(): void {
    for (const series of CROWDED) (this.#accumulator(CROWD, series) as NumberAccumulator).put(1);
  }

  remove(type: Type, series: string): void {
    this.#accumulator(FAMILIES[type], series).remove();
  }

  reset(type: Type): void {
    this.#families.get(FAMILIES[type].name)?.reset();
  }

  clear(): void {
    this.#buffer.clear();
  }

  flush(): Promise<void> {
    return this.#buffer.flush();
  }

  /** Its timers end. */
  stop(): void {
    this.#buffer.stop();
  }

  #family(of: ResolvedDefinition): FamilyBuffer {
    return this.#buffer.family(of);
  }

  #accumulator(family: ResolvedDefinition, series: string): Accumulator {
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

function definition(given: Pick<MetricDefinition, 'name' | 'type' | 'buckets'>): ResolvedDefinition {
  return resolveDefinition({ help: 'Searched', labelNames: ['type'], ...given });
}
