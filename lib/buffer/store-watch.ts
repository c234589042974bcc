import type { PackageLogger } from '../log/package-logger.js';

/**
 * Says once that the store went away, and once that it came back, however many buffers and attempts there are. It is away
 * while it is for one of them: in a cluster one group's server may be down while another's answers.
 */
export class StoreWatch {
  readonly #awayFor = new Set<string>();

  constructor(
    private readonly address: string,
    private readonly logger: Pick<PackageLogger, 'warn' | 'log'>,
  ) {}

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
