import { printable, printableLines } from '../errors/printable.js';

/** Where a command prints: `process.stdout`, or anything like it. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A value as JSON on one line. Readers of JSON see the very value; a terminal obeys nothing of it. */
export function jsonLine(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** A text for a machine that people may look at first: as it is where it goes to a file or a pipe. */
export function forMachines(text: string, { isTTY }: Output): string {
  return isTTY ? printableLines(text) : text;
}

/** Says on the error output what hindered a command. */
export function complain(command: string, reason: string): void {
  process.stderr.write(`${printableLines(`${command}: ${reason}`)}\n`);
}
