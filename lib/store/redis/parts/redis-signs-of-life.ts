import type { Group } from '../../../model/index.js';
import { groupId, groupOfId } from '../../group-id.js';
import type { SignOfLife, SignsOfLife } from '../../signs-of-life.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script, type ScriptArgument } from '../connection/script.js';

export class RedisSignsOfLife implements SignsOfLife {
  readonly #instances = new Script('instances');

  constructor(private readonly redis: RedisAccess) {}

  async beat({ process, groups, gateways, isWatched }: SignOfLife): Promise<void> {
    await this.#run(['beat', process, isWatched ? 'watched' : '', JSON.stringify(gateways)], groups);
  }

  async gateways(withinMs: number, group?: Group): Promise<readonly string[]> {
    const lists = await this.#run(['gateways', withinMs, '', ''], group ? [group] : []);
    return [...new Set(lists.flatMap((list) => JSON.parse(list) as string[]))];
  }

  async silentGroups(forMs: number): Promise<readonly Group[]> {
    return (await this.#run(['silent', forMs, Date.now()], [])).map(groupOfId);
  }

  async leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return (await this.#run(['leave', process, withinMs, ''], groups)).map(groupOfId);
  }

  async strike(group: Group, forMs: number): Promise<void> {
    await this.#run(['strike', forMs, Date.now(), ''], [group]);
  }

  async #run(args: readonly ScriptArgument[], groups: readonly Group[]): Promise<string[]> {
    const reply = await this.redis.runForAll(this.#instances, [...args, ...groups.map(groupId)]);
    return (reply as Buffer[]).map(String);
  }
}
