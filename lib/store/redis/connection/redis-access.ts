import type { Group } from '../../../model/index.js';
import { quietly } from '../../../options/index.js';
import { groupKeys, instanceKeys, type Keys, trialKeys } from './keys.js';
import type { RedisConnectionHolder } from './redis-connection.js';
import { withRights } from '../rights/missing-rights.js';
import { type RedisClient, Script, type ScriptArgument } from './script.js';

/** What every part of the store in Redis works with: one connection, and scripts that run on the keys of a group. */
export class RedisAccess {
  /** @param trial Name of a trial: whatever is asked for goes to keys of its own, which expire by themselves. */
  constructor(
    readonly connection: RedisConnectionHolder,
    readonly keyPrefix: string,
    private readonly trial?: string,
  ) {}

  /** @param lane See {@link RedisConnectionHolder.run}. */
  run(script: Script, group: Group, args: readonly ScriptArgument[], lane?: string): Promise<unknown> {
    return this.#runOn(groupKeys(this.keyPrefix, group), script, args, lane);
  }

  /** Runs a script, and waits until `replicas` replicas have what it wrote, or for `timeoutMs`. */
  runAndWait(
    script: Script,
    group: Group,
    args: readonly ScriptArgument[],
    { replicas, timeoutMs, lane }: { replicas: number; timeoutMs: number; lane: string },
  ): Promise<[reply: unknown, replicas: number]> {
    const keys = this.#keysInstead(groupKeys(this.keyPrefix, group));
    return this.ask((client) => script.runAndWait(client, keys, args, replicas, timeoutMs), lane);
  }

  /** Runs a script on what all groups share. */
  runForAll(script: Script, args: readonly ScriptArgument[]): Promise<unknown> {
    return this.#runOn(instanceKeys(this.keyPrefix), script, args);
  }

  /** Runs a command; if the user may not, the error says all that the user may not. */
  ask<T>(command: (client: RedisClient) => Promise<T>, lane?: string): Promise<T> {
    return quietly(() =>
      this.connection.run((client) => withRights(client, this.keyPrefix, () => command(client)), lane),
    );
  }

  #runOn(keys: Keys, script: Script, args: readonly ScriptArgument[], lane?: string): Promise<unknown> {
    const isTrial = this.trial !== undefined;
    return this.ask((client) => script.run(client, this.#keysInstead(keys), args, isTrial), lane);
  }

  #keysInstead(keys: Keys): Keys {
    return this.trial === undefined ? keys : trialKeys(this.keyPrefix, this.trial);
  }
}
