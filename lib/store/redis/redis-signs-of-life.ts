import type { Group } from '../../model/index.js';
import { groupId, groupOfId } from '../group-id.js';
import type { SignsOfLife } from '../signs-of-life.js';
import type { RedisAccess } from './redis-access.js';
import { Script, type ScriptArgument } from './script.js';

export class RedisSignsOfLife implements SignsOfLife {
  readonly #instances = new Script('instances');

  constructor(private readonly redis: RedisAccess) {}

  async beat(process: string, groups: readonly Group[]): Promise<void> {
    await this.#run(['beat', process, ''], groups);
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    return this.#run(['silent', forMs], []);
  }

  leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return this.#run(['leave', process, withinMs], groups);
  }

  async strike(group: Group, forMs: number): Promise<void> {
    await this.#run(['strike', forMs, ''], [group]);
  }

  async #run(args: readonly ScriptArgument[], groups: readonly Group[]): Promise<readonly Group[]> {
    const reply = await this.redis.runForAll(this.#instances, [...args, ...groups.map(groupId)]);
    return (reply as Buffer[]).map((member) => groupOfId(member.toString()));
  }
}
