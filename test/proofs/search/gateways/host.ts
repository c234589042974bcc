/** The process of a pusher, which can freeze and die between any two of its steps. */
export class Host {
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #thawed: Promise<void> = Promise.resolve();
  #thaw: () => void = () => undefined;

  constructor(readonly name: string) {}

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** Whatever goes out of the process or comes into it passes here. */
  async gate(): Promise<void> {
    while (this.#state === 'frozen') await this.#thawed;
    if (this.#state === 'dead') await new Promise(() => undefined);
  }

  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    this.#thaw();
  }

  die(): void {
    this.#state = 'dead';
    this.#thaw();
  }
}
