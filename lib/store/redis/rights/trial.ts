import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../connection/database.js';
import { trialKeys } from '../connection/keys.js';

/** How long a key made for a trial lives, if nothing removes it before. */
const TRIAL_KEY_MS = 60_000;

type Call = readonly [command: string, ...args: string[]];

/**
 * One call for each command that scripts use on keys. After the first call the key holds a text: the others make and change
 * nothing. Redis says before all else whether a user may run a command.
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
    ['hmget', key, 'a'],
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
    // A user who may not set a text has made a hash by now.
    ['pexpire', key, String(TRIAL_KEY_MS)],
    ['del', key],
    ['unlink', key],
    ['time'],
  ];
}

/**
 * The commands that a user must be allowed for everything to work, in lower case; `select` and `wait` only with some
 * options.
 */
export const NEEDED_COMMANDS: readonly string[] = [
  ...new Set(['eval', 'evalsha', ...callsOn('').map(([command]) => command)]),
];

/** Makes each call, and gives what it fails with. By a script, since a proxy before Redis may pass nothing else on. */
const TRIAL = `
local failures = {}
for at = 1, #ARGV do
  local call = {}
  for part in string.gmatch(ARGV[at], '([^,]*),') do
    call[#call + 1] = part
  end
  local reply = redis.pcall(unpack(call))
  failures[at] = type(reply) == 'table' and reply.err or ''
end
return failures`;

export interface Trial {
  /** Those of {@link NEEDED_COMMANDS} that the user may not run. */
  readonly commands: readonly string[];
  /** Whether the user may not use our keys. */
  readonly keys: boolean;
}

/**
 * Tries what the user of a connection may not do, on a key that expires by itself. For a user who may run no script only
 * that is known.
 */
export async function tryRights(client: RedisClient, keyPrefix: string): Promise<Trial> {
  const key = trialKeys(keyPrefix, randomUUID())[0];
  const calls = callsOn(key);
  const run = (command: string, text: string, ...args: string[]): Promise<string[] | Error> =>
    (client.call(command, text, '1', key, ...args) as Promise<string[]>).catch((error: unknown) => error as Error);
  const unknownScript = await run('evalsha', '0'.repeat(40));
  const tried = await run('eval', TRIAL, ...calls.map((call) => call.map((part) => `${part},`).join('')));
  const failures = tried instanceof Error ? [] : tried;
  const scripts = { evalsha: unknownScript, eval: tried };
  const results = [
    ...Object.entries(scripts).map(([name, result]) => [
      name,
      refusalKind(result instanceof Error ? result.message : ''),
    ]),
    ...calls.map(([name], at) => [name, refusalKind(failures[at] ?? '')]),
  ] as [command: string, kind: ReturnType<typeof refusalKind>][];
  const commands = results.filter(([, kind]) => kind === 'command').map(([command]) => command);
  return { commands: [...new Set(commands)].sort(), keys: results.some(([, kind]) => kind === 'key') };
}

/** Which right was missing, if that is what an answer of Redis says: to run a command, or to use a key. */
export function refusalKind(message: string): 'command' | 'key' | undefined {
  if (!/NOPERM|ACL failure in script|The user executing the script can't/.test(message)) return undefined;
  return /access (a|one of the|at least one of the) keys?\b/.test(message) ? 'key' : 'command';
}
