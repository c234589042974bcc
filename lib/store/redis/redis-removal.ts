import type { Group } from '../../model/index.js';
import type { Removal } from '../removal.js';
import type { Batch } from '../series.js';
import type { RedisAccess } from './redis-access.js';
import { Script } from './script.js';

/** Series that one call of expire.lua removes at the most. */
const EXPIRE_AT_A_TIME = 1_000;

export class RedisRemoval implements Removal {
  readonly #removeGroup = new Script('remove-group');
  readonly #noteChanges = new Script('note-changes');
  readonly #expire = new Script('expire');

  constructor(
    private readonly redis: RedisAccess,
    private readonly seriesTtlMs: number | undefined,
  ) {}

  async isQuiet(group: Group, turn: string, forMs: number): Promise<boolean> {
    return (await this.redis.run(this.#removeGroup, group, ['look', turn, forMs])) === 1;
  }

  async removeGroup(group: Group, turn: string, forMs: number): Promise<boolean> {
    return (await this.redis.run(this.#removeGroup, group, ['remove', turn, forMs])) === 1;
  }

  /** Notes that series are about to change, if they may expire. One without labels stays: it exists from its definition. */
  async noteChanges(group: Group, { families }: Batch): Promise<void> {
    if (this.seriesTtlMs === undefined) return;
    const series = families.flatMap(({ family, updates }) =>
      updates.filter(({ labels }) => labels !== '').flatMap(({ labels }) => [family, labels]),
    );
    if (series.length > 0) await this.redis.run(this.#noteChanges, group, series);
  }

  async expireSeries(group: Group): Promise<boolean> {
    if (this.seriesTtlMs === undefined) return false;
    const args = [this.seriesTtlMs, EXPIRE_AT_A_TIME];
    while ((await this.redis.run(this.#expire, group, args)) === EXPIRE_AT_A_TIME);
    return true;
  }
}
