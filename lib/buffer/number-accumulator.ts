import type { Update } from '../store/index.js';
import { Accumulator } from './accumulator.js';

/** Changes of a counter or gauge: a sum of steps, or a value that was set and steps since. */
export class NumberAccumulator extends Accumulator {
  #value = 0;
  #isSet = false;

  add(step: number): void {
    this.#value += step;
    this.change();
  }

  set(value: number): void {
    this.#value = value;
    this.#isSet = true;
    this.change();
  }

  protected get hasChanges(): boolean {
    return this.#isSet || this.#value !== 0;
  }

  protected takeChanges(): Update {
    const update: Update = { op: this.#isSet ? 'set' : 'add', labels: this.labels, value: this.#value };
    this.dropChanges();
    return update;
  }

  protected dropChanges(): void {
    this.#value = 0;
    this.#isSet = false;
  }
}
