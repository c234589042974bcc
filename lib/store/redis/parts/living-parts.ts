import { aggregated, type Group, type ResolvedDefinition, type Series } from '../../../model/index.js';
import { unpackParts } from './packing.js';
import { pairs } from './pairs.js';
import type { Leftover, RedisProcesses } from './redis-processes.js';

/** One reading of gauges of processes: what of their values counts, and what the dead have left. */
export class LivingParts {
  #living: ReadonlySet<string> | undefined;
  readonly #dead = new Set<string>();
  readonly #leftovers = new Map<ResolvedDefinition, Leftover[]>();

  constructor(
    private readonly group: Group,
    private readonly processes: RedisProcesses,
  ) {}

  /** Series as read.lua gives them, put together; without those of which no living process has a value. */
  async seriesOf(definition: ResolvedDefinition, content: readonly Buffer[]): Promise<Series[]> {
    const { aggregation } = definition;
    if (aggregation === undefined) return [];
    const all = pairs(content).map(([labels, packed]) => ({
      labels: labels.toString(),
      size: packed.length,
      parts: unpackParts(packed),
    }));
    await this.#judge(all.flatMap(({ parts }) => [...parts.keys()]));
    return all.flatMap(({ labels, size, parts }) => {
      const living = [...parts].filter(([process]) => !this.#dead.has(process)).map(([, value]) => value);
      if (living.length < parts.size) this.#noteLeftover(definition, { labels, size });
      return living.length === 0 ? [] : [{ labels, value: aggregated(living, aggregation) }];
    });
  }

  /** Removes what was found of the dead. If the store is away just now, the next reading finds it again. */
  async end(): Promise<void> {
    for (const [definition, leftovers] of this.#leftovers) {
      await this.processes.drop(this.group, definition, leftovers).catch(() => undefined);
    }
    this.#leftovers.clear();
  }

  /** A process gives a sign of life before it sends a value: one that is not known after its value was read is dead. */
  async #judge(processes: readonly string[]): Promise<void> {
    const isUnknown = (process: string): boolean => !this.#dead.has(process) && this.#living?.has(process) !== true;
    if (!processes.some(isUnknown)) return;
    this.#living = await this.processes.living(this.group);
    for (const process of processes) if (isUnknown(process)) this.#dead.add(process);
  }

  #noteLeftover(definition: ResolvedDefinition, leftover: Leftover): void {
    const known = this.#leftovers.get(definition);
    if (known) known.push(leftover);
    else this.#leftovers.set(definition, [leftover]);
  }
}
