import type { Cluster, Redis } from 'ioredis';
import { OUR_COMMANDS } from './ioredis-options.js';

/** Told by what it can do, so that a client from another copy of ioredis counts as well. */
export function isRedisClient(value: unknown): value is Redis | Cluster {
  return typeof (value as { callBuffer?: unknown } | null | undefined)?.callBuffer === 'function';
}

type Options = Readonly<Record<string, unknown>>;

/** Options of the user's client, with the defaults of ioredis: those of its connections, and those of a cluster. */
export function optionsOfClient(client: Redis | Cluster): { connection: Options; cluster?: Options } {
  const { options = {} } = client as { options?: object } as { options?: Options };
  if (typeof (client as { nodes?: unknown }).nodes !== 'function') return { connection: options };
  return { connection: (options['redisOptions'] ?? {}) as Options, cluster: options };
}

/** What ioredis notes of the present connection, or of the last one while it connects again. */
interface Conditions {
  readonly condition?: { readonly select?: number } | null;
  readonly prevCondition?: { readonly select?: number } | null;
}

/** The database that a client has selected, or will select when it connects. */
export function selectedDatabase(client: Redis | Cluster): number {
  const { condition, prevCondition } = client as unknown as Conditions;
  return Number((prevCondition ?? condition)?.select ?? optionsOfClient(client).connection['db'] ?? 0);
}

interface CommandClass {
  readonly _transformer?: { readonly argument: Options; readonly reply: Options };
}
const commandClasses = new WeakMap<object, CommandClass>();

/** The class of a client's commands. No property of a client leads to it: it is taken from a command that is never sent. */
function commandClassOf(client: Redis | Cluster): CommandClass {
  const known = commandClasses.get(client);
  if (known !== undefined) return known;
  const pipeline = client.pipeline().ping() as unknown as { readonly _queue?: readonly [object] };
  const found = (pipeline._queue?.[0].constructor ?? Object) as CommandClass;
  commandClasses.set(client, found);
  return found;
}

/** The command of ours whose arguments or replies are changed by `Command.setReplyTransformer` or `setArgumentTransformer`. */
export function transformedCommand(client: Redis | Cluster): string | undefined {
  if (typeof (client as { pipeline?: unknown }).pipeline !== 'function') return undefined;
  const { argument = {}, reply = {} } = commandClassOf(client)._transformer ?? {};
  return OUR_COMMANDS.find((name) => name in argument || name in reply);
}
