import type { Update } from '../store/index.js';
import { Accumulator, IS_SET } from './accumulator.js';

/** Changes of a counter or gauge: a sum of steps, or a value that was set and steps since. */
export class NumberAccumulator extends Accumulator {
  #value = 0;

  add(step: number): void {
    this.#value += step;
    this.change();
  }

  put(value: number): void {
    this.#value = value;
    this.state |= IS_SET;
    this.change();
  }

  protected get hasChanges(): boolean {
    return (this.state & IS_SET) !== 0 || this.#value !== 0;
  }

  protected takeChanges(): Update {
    const update: Update = { op: (this.state & IS_SET) !== 0 ? 'set' : 'add', labels: this.labels, value: this.#value };
    this.dropChanges();
    return update;
  }

  protected dropChanges(): void {
    this.#value = 0;
    this.state &= ~IS_SET;
  }
}
