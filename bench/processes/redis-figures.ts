import type { Redis } from 'ioredis';

const KEPT_COMMANDS = 100_000;
/** SLOWLOG has the commands inside scripts too: to note them all would slow down the very script that is measured. */
const NOTED_FROM_US = 200;
/** Of the long commands of a run that must be in the others. */
const LEAST_COMMON = 0.9;
/** What is so long is noted in every run, also in one at three times the speed. Of shorter ones only a slow run has many. */
const LONG_MS = (3 * NOTED_FROM_US) / 1_000;
/** Of the writer or the turn, and times in milliseconds: others in each run. */
const OF_ONE_RUN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{13}\b/g;

/** From now on Redis keeps how long each command takes that is not short. */
export async function watchCommands(redis: Redis): Promise<void> {
  await redis.config('SET', 'slowlog-max-len', KEPT_COMMANDS);
  await redis.config('SET', 'slowlog-log-slower-than', NOTED_FROM_US);
  await redis.slowlog('RESET');
}

/** How long each command (script) took since {@link watchCommands}, by what was sent, as SLOWLOG has it. */
export type CommandTimes = ReadonlyMap<string, number>;

export async function commandTimes(redis: Redis): Promise<CommandTimes> {
  await redis.config('SET', 'slowlog-log-slower-than', -1);
  const entries = (await redis.slowlog('GET', KEPT_COMMANDS)) as [
    id: number,
    time: number,
    us: number,
    args: string[],
  ][];
  await redis.slowlog('RESET');
  const ours = entries.filter(([, , , [command = '']]) => !/^(config|slowlog|info)$/i.test(command));
  const times = new Map<string, number>();
  for (const [, , microseconds, args] of ours) {
    const id = identity(args);
    times.set(id, Math.max(times.get(id) ?? 0, microseconds / 1_000));
  }
  return times;
}

/** What is the same in every run that does the same: of a command inside a script, which may write the time, its key and first field. */
function identity(args: readonly string[]): string {
  const isScript = /^eval/i.test(args[0] ?? '');
  return (isScript ? args : args.slice(0, 3)).join(' ').replace(OF_ONE_RUN, '');
}

/** The longest command (script) since {@link watchCommands}. */
export async function longestCommandMs(redis: Redis): Promise<number> {
  return longestOf([await commandTimes(redis)]);
}

/**
 * The longest command of runs that did the same: of each command its shortest time counts. A machine that makes one of
 * thousands wait does not do so to the same one each time; what is long by itself is so in every run.
 * @throws RangeError if runs hardly have a command in common: they did not do the same, and there is nothing to compare.
 */
export function longestOf(runs: readonly CommandTimes[]): number {
  const [first = new Map<string, number>(), ...others] = runs;
  for (const other of others) {
    requireCommon(first, other);
    requireCommon(other, first);
  }
  const shortest = [...first].map(([command, ms]) => Math.min(ms, ...others.map((run) => run.get(command) ?? 0)));
  return Math.max(NOTED_FROM_US / 1_000, ...shortest);
}

function requireCommon(run: CommandTimes, other: CommandTimes): void {
  const long = [...run].filter(([, ms]) => ms > LONG_MS).map(([command]) => command);
  const common = long.filter((command) => other.has(command)).length;
  const expected = Math.ceil(LEAST_COMMON * long.length);
  if (common < expected) throw new RangeError(`Expected runs with ${expected} long commands in common, got ${common}`);
}

/** The longest command of runs, whatever made it long. */
export function longestByClock(runs: readonly CommandTimes[]): number {
  return Math.max(...runs.map((run) => longestOf([run])));
}

/** Commands that Redis has carried out, those inside scripts included, but for questions about itself. */
export async function commandsOf(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)]
    .filter(([, command]) => command !== 'info')
    .reduce((sum, [, , calls]) => sum + Number(calls), 0);
}

/** Bytes that Redis holds data in. */
export async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
