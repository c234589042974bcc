import { randomUUID } from 'node:crypto';
import type { Group } from '../../../model/index.js';
import type { PushTurn, Turns } from '../../turns.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';

export class RedisTurns implements Turns {
  readonly #take = new Script('take-turn');
  readonly #keep = new Script('keep-turn');
  readonly #end = new Script('end-turn');

  constructor(private readonly redis: RedisAccess) {}

  async take(group: Group, ttlMs: number): Promise<PushTurn> {
    const turn = randomUUID();
    const reply = await this.redis.run(this.#take, group, [turn, ttlMs]);
    const [taken, now, lastPushedAt, busyForMs] = (reply as unknown[]).map(Number) as [number, number, number, number];
    return { ...(taken === 1 && { turn }), now, lastPushedAt, busyForMs };
  }

  async keep(group: Group, turn: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.run(this.#keep, group, [turn, ttlMs])) === 1;
  }

  async end(group: Group, turn: string, pushedAt?: number): Promise<void> {
    await this.redis.run(this.#end, group, [turn, pushedAt ?? '']);
  }
}
