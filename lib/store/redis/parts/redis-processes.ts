import { definitionShape, type Group, type ResolvedDefinition } from '../../../model/index.js';
import {
  type Confirmed,
  NOTHING_CONFIRMED,
  PROCESS_SILENT_MS,
  type Processes,
  type SignTaken,
} from '../../processes.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';

/** Series that one call looks through, and how long their values may be together: that takes Redis about a millisecond. */
const DROPPED_AT_ONCE = 200;
const CHARACTERS_AT_ONCE = 64 * 1_024;

/** A series that processes have left a value in which are gone. */
export interface Leftover {
  readonly labels: string;
  /** How long its value is. */
  readonly size: number;
}

export class RedisProcesses implements Processes {
  readonly #processes = new Script('processes');
  readonly #drop = new Script('drop-parts', 'starts', 'parts');

  constructor(private readonly redis: RedisAccess) {}

  async live(
    group: Group,
    process: string,
    lastSign?: number,
    { writer, sequence }: Confirmed = NOTHING_CONFIRMED,
  ): Promise<SignTaken> {
    const args = ['live', PROCESS_SILENT_MS, process, lastSign ?? '', writer, sequence];
    const [sign, isKnown] = ((await this.redis.run(this.#processes, group, args)) as Buffer[]).map(String);
    return { sign: Number(sign), isKnown: isKnown === '1' };
  }

  async leave(group: Group, process: string): Promise<void> {
    await this.redis.run(this.#processes, group, ['leave', PROCESS_SILENT_MS, process]);
  }

  /** Those that live. All others are forgotten: what they send from now on counts only after they have given a sign of life. */
  async living(group: Group): Promise<ReadonlySet<string>> {
    const reply = await this.redis.run(this.#processes, group, ['living', PROCESS_SILENT_MS, Date.now()]);
    return new Set((reply as Buffer[]).map(String));
  }

  /** Removes values of processes that are gone. */
  async drop(group: Group, definition: ResolvedDefinition, leftovers: readonly Leftover[]): Promise<void> {
    let labels: string[] = [];
    let size = 0;
    for (const [at, leftover] of leftovers.entries()) {
      labels.push(leftover.labels);
      size += leftover.size;
      const isFull = labels.length === DROPPED_AT_ONCE || size >= CHARACTERS_AT_ONCE;
      if (!isFull && at < leftovers.length - 1) continue;
      await this.redis.run(this.#drop, group, [definition.name, definitionShape(definition), ...labels]);
      labels = [];
      size = 0;
    }
  }
}
