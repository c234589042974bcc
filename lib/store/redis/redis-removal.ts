import type { Group } from '../../model/index.js';
import type { Removal } from '../removal.js';
import type { Batch } from '../series.js';
import type { RedisAccess } from './redis-access.js';
import { Script, type ScriptArgument } from './script.js';

/** Series that one call of expire.lua removes at the most. */
const EXPIRE_AT_A_TIME = 1_000;

export class RedisRemoval implements Removal {
  readonly #removeGroup = new Script('remove-group');
  readonly #touch = new Script('touch');
  readonly #expire = new Script('expire');

  constructor(
    private readonly redis: RedisAccess,
    private readonly seriesTtlMs: number | undefined,
  ) {}

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#runRemoveGroup(group, 'look', token, forMs);
  }

  removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#runRemoveGroup(group, 'remove', token, forMs);
  }

  /** Notes that series are about to change. A series without labels stays: it exists from its definition. */
  async touchSeries(group: Group, { families }: Batch): Promise<void> {
    const members = families.flatMap(({ family, updates }) =>
      updates.filter(({ labels }) => labels !== '').map(({ labels }) => `${family}\n${labels}`),
    );
    if (members.length > 0) await this.redis.run(this.#touch, [this.redis.keys(group).touched], members);
  }

  async expireSeries(group: Group): Promise<boolean> {
    if (this.seriesTtlMs === undefined) return false;
    const { touched, buckets, series } = this.redis.keys(group);
    const args = [this.seriesTtlMs, EXPIRE_AT_A_TIME];
    while ((await this.redis.run(this.#expire, [touched, buckets, series], args)) === EXPIRE_AT_A_TIME);
    return true;
  }

  async #runRemoveGroup(group: Group, ...args: ScriptArgument[]): Promise<boolean> {
    const { turn, pushed, seen, families, buckets, series, ...others } = this.redis.keys(group);
    const keys = [turn, pushed, seen, families, buckets, series, ...Object.values<string>(others)];
    return (await this.redis.run(this.#removeGroup, keys, args)) === 1;
  }
}
