import type { Logger } from '@nestjs/common';

/** Says once that the store went away, and once that it came back, however many buffers and attempts there are. */
export class StoreWatch {
  #isAway = false;

  constructor(
    private readonly address: string,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {}

  failed(error: Error): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.logger.warn(`${error.message}. Counting goes on in memory, and is stored when it answers`);
  }

  answered(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.logger.log(`Store ${this.address} answers again; what was counted meanwhile is being stored`);
  }
}
