/** How long a request may take, and what is done before it is given up. */
export class RequestTime {
  /** Still to be done when the time is over, before {@link signal} is aborted. Default: nothing. */
  beforeEnd: () => Promise<void> = () => Promise.resolve();

  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #ending = new AbortController();

  constructor(timeoutMs: number) {
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => {
      this.end();
    }, timeoutMs).unref();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** By the clock: in a process that was frozen, timers come after what it was about to do. */
  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** Gives the request up. */
  end(): void {
    void this.beforeEnd().finally(() => {
      this.#ending.abort();
    });
  }

  /** The request is over. */
  close(): void {
    clearTimeout(this.#timer);
  }
}
