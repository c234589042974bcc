import type { World } from './world.js';

/** Until a thawed gateway has done what had waited in its sockets, in whatever order. */
const BACKLOG_MS: [number, ...number[]] = [0, 1, 20, 150, 300];

/** A gateway, which keeps the last value of the one series there is. */
export class Gateway {
  held: number | undefined;
  /** DELETEs that it has taken, and will do before anything that it takes later. */
  deletions = 0;
  isDead = false;
  isFrozen = false;
  /** Whether the network between pushers and this gateway is cut; Prometheus may still reach it. */
  isCutOff = false;
  /** Whether such a network answers for it that nobody listens. */
  isRefusing = false;
  /** Since when it does whatever it is asked. */
  wellSince: number;
  #thawed: Promise<void> = Promise.resolve();
  #thaw: () => void = () => undefined;
  #life = 0;

  constructor(
    readonly name: string,
    private readonly world: World,
  ) {
    this.wellSince = world.now;
  }

  get isWell(): boolean {
    return !this.isDead && !this.isFrozen && !this.isCutOff;
  }

  /** No two processes began at the same time. */
  get startedAt(): string {
    return `${this.name}, life ${this.#life}`;
  }

  /** Resolves with true when it turns to a request that has arrived; false if it died before. */
  async turnsTo(): Promise<boolean> {
    if (this.isDead) return false;
    if (!this.isFrozen) return true;
    const life = this.#life;
    await this.#thawed;
    await this.world.wait(this.world.pick(BACKLOG_MS));
    // It may have frozen again before it came to it.
    return life === this.#life && this.turnsTo();
  }

  die(): void {
    this.world.tell(`${this.name} dies`);
    this.#life += 1;
    this.isDead = true;
    this.isFrozen = false;
    this.held = undefined;
    this.#thaw();
  }

  start(): void {
    this.world.tell(`${this.name} is back, empty`);
    this.isDead = false;
    this.wellSince = this.world.now;
  }

  freeze(): void {
    if (this.isDead || this.isFrozen) return;
    this.world.tell(`${this.name} freezes`);
    this.isFrozen = true;
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.world.tell(`${this.name} thaws`);
    this.isFrozen = false;
    this.wellSince = this.world.now;
    this.#thaw();
  }

  cutOff({ isRefusing = false } = {}): void {
    this.world.tell(`${this.name} ${isRefusing ? 'refuses' : 'is cut off from'} pushers`);
    this.isCutOff = true;
    this.isRefusing = isRefusing;
  }

  reconnect(): void {
    this.world.tell(`${this.name} can be reached again`);
    this.isCutOff = false;
    this.wellSince = this.world.now;
  }
}
