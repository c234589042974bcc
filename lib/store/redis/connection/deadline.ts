/**
 * How long a command may take. An AbortController for each command would do the same, but take a fifth of the command's CPU
 * time.
 */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  #reason: Error | undefined;
  #whenPassed: ((reason: Error) => void)[] = [];

  constructor(ms: number) {
    this.#timer = setTimeout(() => {
      this.pass(new Error(`no answer within ${ms} ms`));
    }, ms);
  }

  /** Ends the deadline now. What waits for an answer rejects with this reason. */
  pass(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const act of this.#whenPassed) act(reason);
  }

  /** @throws the reason, if it has passed. */
  throwIfPassed(): void {
    if (this.#reason) throw this.#reason;
  }

  /** Calls `act` when it passes, unless `answer` is there before. */
  whenPassed(answer: Promise<unknown>, act: () => void): void {
    let isAnswered = false;
    const settled = (): void => {
      isAnswered = true;
    };
    answer.then(settled, settled);
    this.#whenPassed.push(() => {
      if (!isAnswered) act();
    });
  }

  /** The answer, or the reason if it passes before. */
  limit<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason) reject(this.#reason);
      this.#whenPassed.push(reject);
      answer.then(resolve, reject);
    });
  }

  /** Stops the timer. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
