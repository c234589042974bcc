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
import { familyField } from '../family-field.js';

/** Values that one call removes: that takes Redis about a millisecond. */
const DROPPED_AT_ONCE = 200;

export class RedisProcesses implements Processes {
  readonly #processes = new Script('processes');
  readonly #drop = new Script('drop-parts', 'starts');

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

  /** Removes values of processes that are gone, by their names (`partField`). */
  async drop(group: Group, definition: ResolvedDefinition, parts: readonly string[]): Promise<void> {
    const family = [familyField(definition.name), definitionShape(definition)];
    for (let at = 0; at < parts.length; at += DROPPED_AT_ONCE) {
      await this.redis.run(this.#drop, group, [...family, ...parts.slice(at, at + DROPPED_AT_ONCE)]);
    }
  }
}
