import { randomUUID } from 'node:crypto';
import type { Group } from '../../model/index.js';
import type { PushTurn, Turns } from '../turns.js';
import type { RedisAccess } from './redis-access.js';
import { Script } from './script.js';

export class RedisTurns implements Turns {
  readonly #takeTurn = new Script('take-turn');
  readonly #keepTurn = new Script('keep-turn');
  readonly #endTurn = new Script('end-turn');

  constructor(private readonly redis: RedisAccess) {}

  async takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    const { turn, pushed } = this.redis.keys(group);
    const token = randomUUID();
    const reply = await this.redis.run(this.#takeTurn, [turn, pushed], [token, ttlMs]);
    const [taken, now, lastPushedAt, busyForMs] = (reply as Buffer[]).map(Number) as [number, number, number, number];
    return { ...(taken === 1 && { token }), now, lastPushedAt, busyForMs };
  }

  async keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.run(this.#keepTurn, [this.redis.keys(group).turn], [token, ttlMs])) === 1;
  }

  async endTurn(group: Group, token: string, pushedAt?: number): Promise<void> {
    const { turn, pushed } = this.redis.keys(group);
    await this.redis.run(this.#endTurn, [turn, pushed], [token, pushedAt ?? '']);
  }
}
