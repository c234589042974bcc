import type { Group } from '../../../model/index.js';
import type { Removal } from '../../removal.js';
import type { Batch } from '../../series.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';
import { familyField } from '../family-field.js';

/** Series that one call of expire.lua removes at the most. */
const EXPIRE_AT_A_TIME = 200;
/** Hashes that one call unlinks. */
const SWEPT_AT_ONCE = 500;

export class RedisRemoval implements Removal {
  readonly #removeGroup = new Script('remove-group');
  readonly #noteChanges = new Script('note-changes');
  readonly #expire = new Script('expire', 'starts');
  readonly #sweep = new Script('sweep', 'starts');

  constructor(
    private readonly redis: RedisAccess,
    private readonly seriesTtlMs: number | undefined,
  ) {}

  async isQuiet(group: Group, turn: string, forMs: number): Promise<boolean> {
    return (await this.redis.run(this.#removeGroup, group, ['look', turn, forMs, Date.now()])) === 1;
  }

  /** Nobody reads a group that is removed: what its values leave is unlinked at once. */
  async removeGroup(group: Group, turn: string, forMs: number): Promise<boolean> {
    if ((await this.redis.run(this.#removeGroup, group, ['empty', turn, forMs, Date.now()])) !== 1) return false;
    // Only the clock of Redis counts here: Redis has just noted all of it.
    while ((await this.redis.run(this.#sweep, group, [0, SWEPT_AT_ONCE, Number.MAX_SAFE_INTEGER])) === 1);
    return (await this.redis.run(this.#removeGroup, group, ['remove', turn, forMs, Date.now()])) === 1;
  }

  /**
   * Notes that series are about to change, if they may expire. One without labels stays: it exists from its definition. So does the value of
   * a process, as long as that lives: one that does not change for long counts as well.
   */
  async noteChanges(group: Group, { families }: Batch): Promise<void> {
    if (this.seriesTtlMs === undefined) return;
    const series = families.flatMap(({ family, updates }) =>
      updates
        .filter(({ op, labels }) => labels !== '' && op !== 'part')
        .flatMap(({ labels }) => [familyField(family), labels]),
    );
    if (series.length > 0) await this.redis.run(this.#noteChanges, group, series);
  }

  async expireSeries(group: Group): Promise<boolean> {
    if (this.seriesTtlMs === undefined) return false;
    for (let found = EXPIRE_AT_A_TIME; found === EXPIRE_AT_A_TIME;) {
      found = Number(await this.redis.run(this.#expire, group, [this.seriesTtlMs, EXPIRE_AT_A_TIME, Date.now()]));
    }
    return true;
  }
}
