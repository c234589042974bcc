import type { PackageLogger } from '../log/package-logger.js';

/** What is noticed within this time is one loss. */
const ONE_LOSS_MS = 60_000;

/**
 * Says once that the store went away, and once that it came back, however many buffers and attempts there are. It is away
 * while it is for one of them: in a cluster one group's server may be down while another's answers.
 */
export class StoreWatch {
  readonly #awayFor = new Set<string>();
  /** By job, by the monotonic clock. */
  readonly #lostAt = new Map<string, number>();

  constructor(
    private readonly address: string,
    private readonly logger: Pick<PackageLogger, 'error' | 'warn' | 'log'>,
  ) {}

  /** Says that the store has lost what it had: once, whoever notices it first. */
  lost(job: string, what: string): void {
    const since = performance.now() - (this.#lostAt.get(job) ?? -Infinity);
    this.#lostAt.set(job, performance.now());
    if (since < ONE_LOSS_MS) return;
    this.logger.error(
      `${this.address} has lost what it had of job "${job}" (${what}): it was emptied, or is an older copy of itself. ` +
        'Counters with prefetch go on from what Prometheus has seen',
    );
  }

  failed(job: string, error: Error): void {
    if (this.#awayFor.size === 0) {
      this.logger.warn(`${error.message}. Counting goes on in memory, and is stored when it answers`);
    }
    this.#awayFor.add(job);
  }

  answered(job: string): void {
    if (!this.#awayFor.delete(job) || this.#awayFor.size > 0) return;
    this.logger.log(`Store ${this.address} answers again; what was counted meanwhile is being stored`);
  }
}
