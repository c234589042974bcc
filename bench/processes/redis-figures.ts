import type { Redis } from 'ioredis';

const KEPT_COMMANDS = 100_000;
/** SLOWLOG has the commands inside scripts too: to note them all would slow down the very script that is measured. */
const NOTED_FROM_US = 200;

/** From now on Redis keeps how long each command takes that is not short. */
export async function watchCommands(redis: Redis): Promise<void> {
  await redis.config('SET', 'slowlog-max-len', KEPT_COMMANDS);
  await redis.config('SET', 'slowlog-log-slower-than', NOTED_FROM_US);
  await redis.slowlog('RESET');
}

/** The longest command (script) since {@link watchCommands}, as its SLOWLOG has it; what these functions send is left out. */
export async function longestCommandMs(redis: Redis): Promise<number> {
  await redis.config('SET', 'slowlog-log-slower-than', -1);
  const entries = (await redis.slowlog('GET', KEPT_COMMANDS)) as [
    id: number,
    time: number,
    us: number,
    args: string[],
  ][];
  const ours = entries.filter(([, , , [command = '']]) => !/^(config|slowlog|info)$/i.test(command));
  await redis.slowlog('RESET');
  return Math.max(NOTED_FROM_US / 1_000, ...ours.map(([, , microseconds]) => microseconds / 1_000));
}

/** Bytes that Redis holds data in. */
export async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
