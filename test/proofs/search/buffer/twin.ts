import { StoreUnavailableError } from '../../../../lib/errors/index.js';
import type { Group } from '../../../../lib/model/index.js';
import type { ApplyResult, Batch, NumberResult } from '../../../../lib/store/index.js';
import type { Link } from './faulty-link.js';

/**
 * Lets a process have a copy at any time: a twin does all that it does and hears all that it hears, until it is woken. Then its
 * connection is another one, what it waits for does not come, and it goes its own way.
 */
export class TwinLinks {
  readonly #answers: { readonly writer: string; readonly answer: Promise<unknown> }[] = [];
  /** The twin's names for itself -> those that it would have as a copy. */
  readonly #names = new Map<string, string>();
  readonly #waking: Promise<never>;
  #wake: (reason: Error) => void = () => undefined;
  #asked = 0;
  #own: Link | undefined;

  constructor(private readonly link: Link) {
    this.#waking = new Promise((_, reject) => (this.#wake = reject));
    this.#waking.catch(() => undefined);
  }

  /** For the process. */
  readonly original: Link = {
    number: (group, writer, last) => this.#recorded(writer, this.link.number(group, writer, last)),
    apply: (group, batch) => this.#recorded(batch.writer, this.link.apply(group, batch)),
  };

  /** For its twin. */
  readonly twin: Link = {
    number: (group: Group, writer: string, last: number) =>
      this.#own?.number(group, this.#nameOf(writer), last) ?? this.#heard<NumberResult>(writer),
    apply: (group: Group, batch: Batch) =>
      this.#own?.apply(group, { ...batch, writer: this.#nameOf(batch.writer) }) ??
      this.#heard<ApplyResult>(batch.writer),
  };

  wake(own: Link): void {
    this.#own = own;
    this.#wake(new StoreUnavailableError('Store unreachable: a copied connection'));
  }

  #recorded<Result>(writer: string, answer: Promise<Result>): Promise<Result> {
    this.#answers.push({ writer, answer });
    return answer;
  }

  #heard<Result>(name: string): Promise<Result> {
    const heard = this.#answers[this.#asked++];
    if (heard === undefined) throw new Error('The twin is ahead of its process: the model is wrong');
    this.#names.set(name, heard.writer);
    return Promise.race([heard.answer as Promise<Result>, this.#waking]);
  }

  #nameOf(name: string): string {
    return this.#names.get(name) ?? name;
  }
}
