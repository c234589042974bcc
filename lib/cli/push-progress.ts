import type { Sending } from '../push/index.js';
import type { Output } from './output.js';
import { ProgressLine } from './screen/progress-line.js';

/** How far a push of a job is; undefined before it sends anything. */
export type ProgressOf = (job: string) => Sending | undefined;

/** A {@link ProgressLine} that tells how far pushes are. */
export class PushProgress {
  readonly #pending = new Set<string>();
  readonly #line: ProgressLine;

  constructor(output: Output, progressOf: ProgressOf) {
    this.#line = new ProgressLine(output, () => progressText([...this.#pending], progressOf));
  }

  begin(jobs: readonly string[]): void {
    for (const job of jobs) this.#pending.add(job);
    this.#line.begin();
  }

  /** Erases the line, for what is to be printed about the job. */
  end(job: string): void {
    this.#pending.delete(job);
    if (this.#pending.size > 0) this.#line.clear();
    else this.#line.end();
  }

  /** Erases the line, for something else to be printed there. It comes back below. */
  clear(): void {
    this.#line.clear();
  }
}

function progressText(jobs: readonly string[], progressOf: ProgressOf): string {
  return `pushing ${jobs.map((job) => `${job}${stateOf(progressOf(job))}`).join('; ')}`;
}

function stateOf(sending: Sending | undefined): string {
  if (sending === undefined) return '';
  const { series, bytes, gateway, isWhole } = sending;
  const size = bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
  const sent = `${series.toLocaleString('en')} series, ${size}`;
  return isWhole ? `: ${sent} sent, waiting for ${gateway}` : `: ${sent} to ${gateway}`;
}
