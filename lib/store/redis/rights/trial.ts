import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../database.js';
import { trialKeys } from '../keys.js';

/** How long a key made for a trial lives, if nothing removes it before. */
const TRIAL_KEY_MS = 60_000;

type Call = readonly [command: string, ...args: string[]];

/**
 * A call of each command that scripts make on keys. Where the key holds a text, as it does after the first, none of them makes or
 * changes anything; and whether a user may run a command Redis says before all else.
 */
function callsOn(key: string): readonly Call[] {
  return [
    ['set', key, '', 'PX', String(TRIAL_KEY_MS)],
    ['get', key],
    ['exists', key],
    ['pexpire', key, String(TRIAL_KEY_MS)],
    ['pttl', key],
    ['rename', key, key],
    ['hdel', key, 'a'],
    ['hexists', key, 'a'],
    ['hget', key, 'a'],
    ['hgetall', key],
    ['hincrby', key, 'a', '1'],
    ['hkeys', key],
    ['hlen', key],
    ['hset', key, 'a', '1'],
    ['hsetnx', key, 'a', '1'],
    ['zadd', key, '1', 'a'],
    ['zcard', key],
    ['zrange', key, '0', '0'],
    ['zrangebyscore', key, '0', '0'],
    ['zrem', key, 'a'],
    ['zremrangebyscore', key, '0', '0'],
    ['zrevrange', key, '0', '0'],
    ['zrevrangebyscore', key, '0', '0'],
    ['zscore', key, 'a'],
    // Who may not set a text has made a hash by now.
    ['pexpire', key, String(TRIAL_KEY_MS)],
    ['del', key],
    ['unlink', key],
  ];
}

/** Scripts that call a command without a key; the first calls none. */
const IN_SCRIPTS: Readonly<Record<string, string>> = { eval: 'return 1', time: "return redis.call('TIME')" };

/** The commands that a user must be allowed for everything to work, in lower case; `select` and `wait` only with some options. */
export const NEEDED_COMMANDS: readonly string[] = [
  ...new Set(['evalsha', ...Object.keys(IN_SCRIPTS), ...callsOn('').map(([command]) => command)]),
];

export interface Trial {
  /** Those of {@link NEEDED_COMMANDS} that the user may not run. */
  readonly commands: readonly string[];
  /** Whether the user may not use our keys. */
  readonly keys: boolean;
}

/** What the user of a connection may not, tried on a key that expires by itself. */
export async function tryRights(client: RedisClient, keyPrefix: string): Promise<Trial> {
  const key = trialKeys(keyPrefix, randomUUID())[0];
  const calls: (readonly [command: string, call: Call])[] = [
    ...Object.entries(IN_SCRIPTS).map(([command, script]) => [command, ['eval', script, '1', key]] as const),
    ['evalsha', ['evalsha', '0'.repeat(40), '1', key]],
    ...callsOn(key).map((call) => [call[0], call] as const),
  ];
  const results = (await client.pipeline(calls.map(([, call]) => [...call])).exec()) ?? [];
  const refusals = results.map(([error]) => refusalKind(error));
  const commands = new Set(calls.map(([command]) => command).filter((_, at) => refusals[at] === 'command'));
  // What it calls is not tried where no script is run.
  if (commands.has('eval')) commands.delete('time');
  return { commands: [...commands], keys: refusals.includes('key') };
}

/** Which right was missing, if that is what an answer of Redis says: to run a command, or to use a key. */
export function refusalKind(error: Error | null | undefined): 'command' | 'key' | undefined {
  const message = error?.message ?? '';
  if (!/NOPERM|ACL failure in script|The user executing the script can't/.test(message)) return undefined;
  return /access (a|one of the|at least one of the) keys?\b/.test(message) ? 'key' : 'command';
}
