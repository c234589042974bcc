import { spawnSync } from 'node:child_process';
import { findProgram } from '../../support/require-servers.js';

/** Runs promtool. One that is not there fails. */
export function promtool(...args: string[]): { status: number | null; output: string } {
  const path = findProgram('promtool');
  if (path === undefined) throw new Error('promtool is not installed: nothing was checked');
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
