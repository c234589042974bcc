import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * Runs `act` while one process has a processor to itself; this process, what it starts and `others` share the rest. What a
 * command takes by Redis' own clock is otherwise as long as Linux lets somebody else run instead. Without a second
 * processor, or where there is no `taskset`, nothing is different.
 */
export async function onItsOwnCore<T>(pid: number, others: readonly number[], act: () => Promise<T>): Promise<T> {
  const last = availableParallelism() - 1;
  if (last === 0 || process.platform !== 'linux') return act();
  const rest = [process.pid, ...others];
  try {
    bind([pid], `${last}`);
    bind(rest, `0-${last - 1}`);
    return await act();
  } finally {
    bind([pid, ...rest], `0-${last}`);
  }
}

/** All threads of these processes run on these processors only: `0-2`. */
function bind(pids: readonly number[], processors: string): void {
  for (const pid of pids) execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processors, String(pid)]);
}
