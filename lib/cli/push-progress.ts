import { printable } from '../errors/printable.js';
import type { Sending } from '../push/index.js';
import type { Output } from './output.js';

/** What is over sooner needs no progress. */
const APPEARS_AFTER_MS = 500;
const EVERY_MS = 100;
/** ANSI: back to the beginning of the line, and clear it. */
const ERASE_LINE = '\r\u001b[K';

/** How far a push of a job is; undefined before it sends anything. */
export type ProgressOf = (job: string) => Sending | undefined;

/**
 * A line on a terminal, written again and again, that tells how far pushes are; gone when they are. Nothing on a pipe, in CI
 * (the variable `CI` is set), on a terminal that cannot erase (`TERM=dumb`), and for what takes less than half a second.
 */
export class PushProgress {
  readonly #pending = new Set<string>();
  readonly #isWanted: boolean;
  #timer: NodeJS.Timeout | undefined;
  #begun = 0;
  #isShown = false;

  constructor(
    private readonly output: Output,
    private readonly progressOf: ProgressOf,
  ) {
    this.#isWanted = output.isTTY === true && !process.env['CI'] && process.env['TERM'] !== 'dumb';
  }

  begin(jobs: readonly string[]): void {
    if (!this.#isWanted) return;
    for (const job of jobs) this.#pending.add(job);
    this.#begun = performance.now();
    this.#timer ??= setInterval(() => {
      this.#show();
    }, EVERY_MS).unref();
  }

  /** Erases the line, for what is to be printed about the job. */
  end(job: string): void {
    this.clear();
    this.#pending.delete(job);
    if (this.#pending.size > 0) return;
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
    const line = progressLine([...this.#pending], this.progressOf, tookMs);
    // A line that wraps could not be erased.
    const text = line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
    this.output.write(`${ERASE_LINE}${text}`);
    this.#isShown = true;
  }
}

function progressLine(jobs: readonly string[], progressOf: ProgressOf, tookMs: number): string {
  const states = jobs.map((job) => `${job}${stateOf(progressOf(job))}`);
  return printable(`${Math.floor(tookMs / 1_000)} s, pushing ${states.join('; ')}`);
}

function stateOf(sending: Sending | undefined): string {
  if (sending === undefined) return '';
  const { series, bytes, gateway, isWhole } = sending;
  const size = bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
  const sent = `${series.toLocaleString('en')} series, ${size}`;
  return isWhole ? `: ${sent} sent, waiting for ${gateway}` : `: ${sent} to ${gateway}`;
}
