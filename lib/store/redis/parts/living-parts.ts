import { Aggregate, type Group, type ResolvedDefinition, type Series } from '../../../model/index.js';
import { partField, type ProcessPart, unpackParts } from './packing.js';
import type { RedisProcesses } from './redis-processes.js';

/** Series that are shown at a time: whoever shows them holds up the event loop for each. */
export const SHOWN_AT_ONCE = 500;
/** What one reading removes of the dead at the most. More is left to the next one, which leaves it out as well. */
const LEFTOVERS_AT_ONCE = 10_000;

/** One reading of gauges of processes, one after the other: what of their values counts, and what the dead have left. */
export class LivingParts {
  #living: ReadonlySet<string> | undefined;
  readonly #dead = new Set<string>();
  /** By labels: the family that is being read. */
  readonly #series = new Map<string, Aggregate>();
  readonly #leftovers = new Map<ResolvedDefinition, string[]>();
  #leftoversCount = 0;

  constructor(
    private readonly group: Group,
    private readonly processes: RedisProcesses,
  ) {}

  /** Adds up some values of a family, as read.lua gives them. */
  async add(definition: ResolvedDefinition, content: readonly Buffer[]): Promise<void> {
    const { aggregation } = definition;
    if (aggregation === undefined) return;
    const parts = content.flatMap(unpackParts);
    await this.#judge(parts);
    for (const part of parts) {
      if (this.#dead.has(part.process)) {
        this.#noteLeftover(definition, part);
        continue;
      }
      const known = this.#series.get(part.labels);
      const series = known ?? new Aggregate(aggregation);
      if (!known) this.#series.set(part.labels, series);
      series.add(part.value);
    }
  }

  /** The series of the family whose values have all been added, in chunks of {@link SHOWN_AT_ONCE}, the last one smaller. */
  *shown(): Generator<readonly Series[]> {
    let chunk: Series[] = [];
    for (const [labels, { value }] of this.#series) {
      chunk.push({ labels, value });
      if (chunk.length < SHOWN_AT_ONCE) continue;
      yield chunk;
      chunk = [];
    }
    this.#series.clear();
    if (chunk.length > 0) yield chunk;
  }

  /** Removes what was found of the dead. If the store is away just now, the next reading finds it again. */
  async end(): Promise<void> {
    for (const [definition, leftovers] of this.#leftovers) {
      await this.processes.drop(this.group, definition, leftovers).catch(() => undefined);
    }
    this.#leftovers.clear();
  }

  /** A process gives a sign of life before it sends a value: one that is not known after its value was read is dead. */
  async #judge(parts: readonly ProcessPart[]): Promise<void> {
    const isUnknown = ({ process }: ProcessPart): boolean =>
      !this.#dead.has(process) && this.#living?.has(process) !== true;
    if (!parts.some(isUnknown)) return;
    this.#living = await this.processes.living(this.group);
    for (const part of parts) if (isUnknown(part)) this.#dead.add(part.process);
  }

  #noteLeftover(definition: ResolvedDefinition, { process, labels }: ProcessPart): void {
    if (this.#leftoversCount >= LEFTOVERS_AT_ONCE) return;
    this.#leftoversCount += 1;
    const known = this.#leftovers.get(definition);
    if (known) known.push(partField(process, labels));
    else this.#leftovers.set(definition, [partField(process, labels)]);
  }
}
