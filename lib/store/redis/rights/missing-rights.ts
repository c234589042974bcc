import { optionsOfClient } from '../../../options/index.js';
import type { RedisClient } from '../connection/database.js';
import { keyPattern } from '../connection/keys.js';
import { refusalKind, type Trial, tryRights } from './trial.js';

/** Begins the message of an error that says what a user may not. */
const RIGHTS = 'RIGHTS ';

/**
 * Does something in Redis. If the user may not, the error names all that is forbidden, and the command that allows it:
 * {@link refusalIn}. Redis itself names one command at a time, and before version 8 none that a script calls.
 */
export async function withRights<T>(client: RedisClient, keyPrefix: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { message } = error as Error;
    const kind = refusalKind(message);
    if (kind === undefined) throw error;
    const [, named] = /'([a-z|]+)' command/.exec(message) ?? [];
    const selects = message.startsWith('DATABASE') ? ['select'] : [];
    const { commands, keys } = await tryRights(client, keyPrefix);
    const all = new Set([...commands, ...selects, ...(named === undefined ? [] : [named])]);
    const missing = { commands: [...all], keys: keys || kind === 'key' };
    // Allowed meanwhile, or refused by something else than Redis.
    if (missing.commands.length === 0 && !missing.keys) throw error;
    throw new Error(RIGHTS + describe(client, keyPrefix, missing), { cause: error });
  }
}

/** What an error of {@link withRights} says, to follow the name of the server; undefined of any other. */
export function refusalIn({ message }: Error): string | undefined {
  return message.startsWith(RIGHTS) ? message.slice(RIGHTS.length) : undefined;
}

/** @throws as {@link withRights} if the user lacks a right, whether it would be needed now or later. */
export async function requireRights(client: RedisClient, keyPrefix: string): Promise<void> {
  const missing = await tryRights(client, keyPrefix);
  if (missing.commands.length > 0 || missing.keys) throw new Error(RIGHTS + describe(client, keyPrefix, missing));
}

/** What is refused, and the one command by which an administrator allows it. */
function describe(client: RedisClient, keyPrefix: string, { commands, keys }: Trial): string {
  const username = optionsOfClient(client).connection['username'];
  const user = typeof username === 'string' && username !== '' ? username : 'default';
  const pattern = keyPattern(keyPrefix);
  const refused = [
    ...(keys ? [`use keys like ${pattern.slice(1)}`] : []),
    ...(commands.length > 0 ? [`run ${commands.join(', ')}`] : []),
  ].join(' and ');
  const allow = ['ACL SETUSER', user, ...(keys ? [pattern] : []), ...commands.map((name) => `+${name}`)].join(' ');
  return `does not let user "${user}" ${refused}: ${allow}`;
}
