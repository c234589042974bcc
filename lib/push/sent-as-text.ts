import type { Reading } from './sending.js';

/** What a push leaves out that goes as text: buckets of native histograms that have no classic ones. */
export class SentAsText {
  readonly #names = new Set<string>();

  /** The readings of a body of text, while it is made. */
  async *noted(readings: AsyncIterable<Reading>): AsyncGenerator<Reading> {
    for await (const reading of readings) {
      for (const { definition } of reading) {
        if (definition.native && definition.buckets.length === 0) this.#names.add(definition.name);
      }
      yield reading;
    }
  }

  /** For the result of the push; undefined if nothing was left out. */
  get remark(): string | undefined {
    if (this.#names.size === 0) return undefined;
    const names = [...this.#names].map((name) => `"${name}"`).join(', ');
    const advice = 'give "buckets" too, or let pushes go as protobuf (pushgateway.format)';
    return `sent as text, which holds no native buckets: of ${names} only sum and count; ${advice}`;
  }
}
