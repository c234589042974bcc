import type { Group } from '../../model/index.js';
import { groupKeys, instanceKeys } from './keys.js';
import type { RedisConnectionHolder } from './redis-connection.js';
import { Script, type ScriptArgument } from './script.js';

/** What every part of the store in Redis works with: one connection, and scripts that run on the keys of a group. */
export class RedisAccess {
  constructor(
    readonly connection: RedisConnectionHolder,
    private readonly keyPrefix: string,
  ) {}

  /** @param lane See {@link RedisConnectionHolder.run}. */
  run(script: Script, group: Group, args: readonly ScriptArgument[], lane?: string): Promise<unknown> {
    const keys = groupKeys(this.keyPrefix, group);
    return this.connection.run((client) => script.run(client, keys, args), lane);
  }

  /** Runs a script, and waits until `replicas` replicas have what it wrote, or for `timeoutMs`. */
  runAndWait(
    script: Script,
    group: Group,
    args: readonly ScriptArgument[],
    { replicas, timeoutMs, lane }: { replicas: number; timeoutMs: number; lane: string },
  ): Promise<[reply: unknown, replicas: number]> {
    const keys = groupKeys(this.keyPrefix, group);
    return this.connection.run((client) => script.runAndWait(client, keys, args, replicas, timeoutMs), lane);
  }

  /** Runs a script on what all groups share. */
  runForAll(script: Script, args: readonly ScriptArgument[]): Promise<unknown> {
    return this.connection.run((client) => script.run(client, instanceKeys(this.keyPrefix), args));
  }
}
