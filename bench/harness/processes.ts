import { runNode } from '../../test/support/run-node.js';
import type { Figures } from './row.js';

/**
 * Runs a file of bench/processes in a Node process of its own and gives the figures it reported.
 * @throws Error with what it printed, if it did not end well.
 */
export async function measureIn(file: string, ...args: readonly (string | number)[]): Promise<Figures> {
  const { code, stdout, stderr } = await runNode(`bench/processes/${file}.js`, args.map(String)).done;
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0) throw new Error(`${file} ended with exit code ${code ?? 'none'}:\n${stdout}${stderr}`);
  return JSON.parse(last) as Figures;
}

/**
 * The same with the wall time of the whole process, from the call that starts it until it is gone, as `wallMs`: what a cron
 * job or a person at a terminal waits for.
 */
export async function measureWhole(file: string, ...args: readonly (string | number)[]): Promise<Figures> {
  const begun = performance.now();
  const figures = await measureIn(file, ...args);
  return { ...figures, wallMs: performance.now() - begun };
}
