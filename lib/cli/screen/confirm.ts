import { createInterface } from 'node:readline/promises';
import { printableLines } from '../../errors/printable.js';

/**
 * Asks on a terminal before something is removed, on the error output: results alone go to the other one.
 * @param question What is going to be done, without a question mark.
 * @returns whether the answer was yes; Ctrl-C and Ctrl-D are no.
 * @throws Error where nobody can be asked
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Error('this is no terminal to ask on, and nothing was removed: add --yes if you are sure');
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  prompt.once('SIGINT', () => {
    prompt.close();
  });
  prompt.once('close', () => {
    left.abort();
  });
  try {
    const answer = await prompt.question(`${printableLines(question)}? [y/N] `, { signal: left.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    process.stderr.write('\n');
    return false;
  } finally {
    prompt.close();
  }
}

/** @throws Error unless somebody has said yes, by `--yes` or when asked */
export async function requireYes({ yes = false }: { yes?: boolean }, question: string): Promise<void> {
  if (!yes && !(await confirm(question))) throw new Error('nothing was removed');
}
