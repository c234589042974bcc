import type { Group } from '../../model/index.js';
import { type GroupKeys, groupKeys } from './keys.js';
import type { RedisConnectionHolder } from './redis-connection.js';
import type { Script, ScriptArgument } from './script.js';

/** What every part of the store in Redis works with: one connection, and the keys of each group on it. */
export class RedisAccess {
  constructor(
    readonly connection: RedisConnectionHolder,
    private readonly keyPrefix: string,
  ) {}

  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    return this.connection.run((client) => script.run(client, keys, args));
  }

  keys(group: Group): GroupKeys {
    return groupKeys(this.keyPrefix, group);
  }
}
