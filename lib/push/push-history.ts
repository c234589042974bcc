import type { PushResult } from '../model/index.js';

/** How many results are kept. */
const KEPT = 50;

/** A result, and when it came: Unix milliseconds. */
export interface PastPush extends PushResult {
  readonly at: number;
}

/** The latest pushes and deletions of this process. */
export class PushHistory {
  readonly #pushes: PastPush[] = [];

  pushed(result: PushResult): void {
    this.#pushes.unshift({ ...result, at: Date.now() });
    this.#pushes.length = Math.min(this.#pushes.length, KEPT);
  }

  /** The latest first. */
  get latest(): readonly PastPush[] {
    return this.#pushes;
  }
}
