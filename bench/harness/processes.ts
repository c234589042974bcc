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
