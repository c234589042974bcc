import { printable, printableLines } from '../errors/printable.js';

/** Where a command prints: `process.stdout`, or anything like it. */
export interface Output {
  readonly isTTY?: boolean;
  /** Characters of a line, if it is a terminal. */
  readonly columns?: number;
  /** Lines of it, if it is a terminal. */
  readonly rows?: number;
  write(text: string): unknown;
}

/** A value as JSON on one line. Control characters are escaped: JSON readers see the same value, and a terminal is safe. */
export function jsonLine(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** A text for a machine that people may look at first: as it is where it goes to a file or a pipe. */
export function forMachines(text: string, { isTTY }: Output): string {
  return isTTY ? printableLines(text) : text;
}

let isQuiet = false;

/** From now on a reader that has gone, as `head` has after ten lines, is no fault: a command does what it was asked for. */
export function endQuietly(): void {
  if (isQuiet) return;
  isQuiet = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Says on the error output why a command failed. */
export function complain(command: string, reason: string): void {
  process.stderr.write(`${printableLines(`${command}: ${reason}`)}\n`);
}
