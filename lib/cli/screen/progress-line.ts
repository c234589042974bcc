import { printable } from '../../errors/printable.js';
import type { Output } from '../output.js';
import { cut } from './text-width.js';

/** What is over sooner needs no progress. */
const APPEARS_AFTER_MS = 500;
const EVERY_MS = 100;
/** ANSI: back to the beginning of the line, and clear it. */
const ERASE_LINE = '\r\u001b[K';

/**
 * A line on a terminal, written again and again, that tells how far something is; gone when it is done. Nothing on a pipe, in CI
 * (the variable `CI` is set), on a terminal that cannot erase (`TERM=dumb`), and for what takes less than half a second.
 */
export class ProgressLine {
  readonly #isWanted: boolean;
  #timer: NodeJS.Timeout | undefined;
  #begun = 0;
  #isShown = false;

  constructor(
    private readonly output: Output,
    /** What is said after the seconds. */
    private readonly text: () => string,
  ) {
    this.#isWanted = output.isTTY === true && !process.env['CI'] && process.env['TERM'] !== 'dumb';
  }

  begin(): void {
    if (!this.#isWanted) return;
    this.#begun = performance.now();
    this.#timer ??= setInterval(() => {
      this.#show();
    }, EVERY_MS).unref();
  }

  end(): void {
    this.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Erases the line, for something else to be printed there. It comes back below. */
  clear(): void {
    if (this.#isShown) this.output.write(ERASE_LINE);
    this.#isShown = false;
  }

  #show(): void {
    const tookMs = performance.now() - this.#begun;
    if (tookMs < APPEARS_AFTER_MS) return;
    const { columns = Infinity } = this.output;
    const line = printable(`${Math.floor(tookMs / 1_000)} s, ${this.text()}`);
    // A line that wraps could not be erased.
    this.output.write(`${ERASE_LINE}${cut(line, columns - 1)}`);
    this.#isShown = true;
  }
}

/** Says on a terminal's error output what takes so long. */
export async function withProgress<T>(text: () => string, act: () => Promise<T>): Promise<T> {
  const line = new ProgressLine(process.stderr, text);
  line.begin();
  try {
    return await act();
  } finally {
    line.end();
  }
}
