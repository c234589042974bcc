import type { Column } from '../places/columns.js';
import type { Sample } from '../places/parse-samples.js';

export type PlaceKind = 'store' | 'gateway' | 'prometheus';

/** A place where values arrive, looked at again and again. A place that is slow to answer keeps no other waiting. */
export class Place {
  #samples: readonly Sample[] = [];
  #readAt: number | undefined;
  #error: string | undefined;
  #isReading = false;

  constructor(
    readonly kind: PlaceKind,
    /** Without credentials. Empty for the store. */
    readonly url: string,
    private readonly column: Column,
  ) {}

  get name(): string {
    return this.column.title;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Why it could not be read the last time. */
  get error(): string | undefined {
    return this.#error;
  }

  /** When its values were asked for, by this process' clock; undefined if never. */
  get readAt(): number | undefined {
    return this.#readAt;
  }

  /** Resolves when it has been read or has not answered. While a reading is under way it does not begin another. */
  async read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const begun = Date.now();
    try {
      this.#samples = await this.column.read();
      this.#readAt = begun;
      this.#error = undefined;
    } catch (error) {
      this.#error = inPlainWords(error as Error, this.url);
    } finally {
      this.#isReading = false;
    }
  }
}

/** The store says well itself where it is and what is wrong. */
export function inPlainWords(error: Error, url: string): string {
  const { code } = (error.cause ?? error) as { code?: string };
  if (url === '') return error.message;
  const where = ` at ${url.replace(/^https?:\/\//, '')}`;
  const isSilent = error.name === 'TimeoutError' || error.name === 'AbortError' || code === 'ERR_HTTP_TIMEOUT';
  if (isSilent) return `No answer${where}: frozen, or too busy`;
  if (code === 'ECONNREFUSED' || error.message.includes('ECONNREFUSED')) return `Nobody listens${where}`;
  if (code === 'ENOTFOUND' || error.message.includes('ENOTFOUND')) return `There is no such host${where}`;
  return error.message;
}
