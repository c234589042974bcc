import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended; `close` comes after its last output, `exit` may come before it. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when a process has ended. @throws whatever hindered its start */
export async function endOf(child: ChildProcess): Promise<End> {
  const [code, signal] = (await once(child, 'close')) as [End['code'], End['signal']];
  return { code, signal };
}
