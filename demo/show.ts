import { setTimeout as sleep } from 'node:timers/promises';
import type { Column } from '../sample-app/places/columns.js';
import { Customers } from './customers.js';
import { agrees, differences, read, type Reading } from './read-columns.js';
import type { Happening } from '../sample-app/places/tally.js';
import { Screen } from './screen.js';

const LOOK_EVERY_MS = 250;
const ARRIVAL_DEADLINE_MS = 30_000;

/** What is to be seen: customers come, and the table shows how far the news of them has got. */
export class Show {
  readonly #customers: Customers;

  constructor(
    private readonly shop: string,
    private readonly columns: readonly Column[],
    private readonly screen: Screen,
    /** Aborted by Ctrl-C. */
    private readonly end: AbortSignal,
  ) {
    this.#customers = new Customers(shop);
  }

  /**
   * Lets customers in until the time is over or somebody ends it.
   * @throws Error if requests have failed: what happened is not certain then.
   */
  async trade(seconds: number | undefined): Promise<void> {
    const { tally, failures } = this.#customers;
    const begun = performance.now();
    const until = seconds === undefined ? 'Ctrl-C ends it' : `ends after ${seconds} s, or with Ctrl-C`;
    const page = `page ${this.shop}/`;
    this.#customers.start();
    while (!this.end.aborted && performance.now() - begun < (seconds ?? Infinity) * 1000) {
      const elapsed = Math.floor((performance.now() - begun) / 1000);
      const failed = failures.length > 0 ? `, ${failures.length} failed` : '';
      await this.#look(`${elapsed} s, ${tally.requests} requests${failed} (${until}), ${page}`);
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.end }).catch(() => undefined);
    }
    await this.#customers.stop();
    this.screen.say('', `The customers have gone after ${tally.requests} requests.`);
    if (failures.length > 0) {
      throw new Error(
        `${failures.length} requests have failed, the first ones:\n  ${failures.slice(0, 5).join('\n  ')}`,
      );
    }
  }

  /** Waits until all columns show what happened, and says whether they do. */
  async arrive(isOff: () => boolean = () => false): Promise<boolean> {
    const deadline = Date.now() + ARRIVAL_DEADLINE_MS;
    const look = (): Promise<Reading> => this.#look('waiting for the last values to arrive');
    let reading = await look();
    while (!agrees(reading) && Date.now() < deadline && !isOff()) {
      await sleep(LOOK_EVERY_MS);
      reading = await look();
    }
    this.screen.showLast(reading);
    const isRight = agrees(reading);
    const { lines, titles } = reading;
    if (isRight)
      this.screen.say(
        '',
        `All ${lines.length} rows agree in ${titles.length === 1 ? 'both' : `all ${titles.length + 1}`} columns.`,
      );
    else this.screen.say('', 'The columns differ:', ...differences(reading).map((text) => `  ${text}`));
    return isRight;
  }

  get hasCustomers(): boolean {
    return this.#customers.come;
  }

  set hasCustomers(come: boolean) {
    this.#customers.come = come;
  }

  /** What others than the customers have done in the shop. */
  note(happening: Happening): void {
    this.#customers.note(happening);
  }

  /** Resolves when nobody asks the shop for anything any more. */
  close(): Promise<void> {
    return this.#customers.stop();
  }

  async #look(status: string): Promise<Reading> {
    const reading = await read(this.#customers.tally, this.columns);
    this.screen.show(reading, status);
    return reading;
  }
}
