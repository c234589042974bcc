import type { Gateway } from './gateway.js';
import type { World } from './world.js';

/**
 * A gateway that was out of sight is scraped again only after it has been well for so long: time for a turn to run out
 * and for a push that cleans up. Nobody can remove a copy from a gateway that Prometheus reaches before any pusher does.
 */
const OUT_OF_SIGHT_MS = 30_000;
/** As in `prometheusWitness`. */
const TIME_TO_LOOK_MS = 60_000;
const SCRAPE_INTERVAL_MS: [number, ...number[]] = [1_000, 300, 1_500, 700];

interface Target {
  readonly gateway: Gateway;
  /** What the last scrape found of the series. */
  value: number | undefined;
  isOutOfSight: boolean;
}

/** Scrapes all gateways and remembers what it saw of the one series: a lower value than before is a broken promise. */
export class Prometheus {
  readonly #targets: Target[];
  #seen: number | undefined;
  #seenAt = -Infinity;
  /** Pushers cannot ask it. */
  isAway = false;

  constructor(
    private readonly world: World,
    gateways: readonly Gateway[],
    /** Whether it keeps gateways apart, and takes the highest of what they have. */
    private readonly takesHighest: boolean,
  ) {
    this.#targets = gateways.map((gateway) => ({ gateway, value: undefined, isOutOfSight: false }));
    for (const target of this.#targets) void this.#scrapeOn(target);
  }

  /** As `prometheusWitness` finds out. */
  witness(heldForMs: number): boolean | undefined {
    if (this.isAway || this.#seen === undefined) return undefined;
    if (this.#targets.some(({ value }) => value !== undefined)) return true;
    if (this.world.now - this.#seenAt <= heldForMs) return false;
    return heldForMs < TIME_TO_LOOK_MS ? true : undefined;
  }

  async #scrapeOn(target: Target): Promise<void> {
    for (;;) {
      await this.world.wait(this.world.pick(SCRAPE_INTERVAL_MS));
      if (this.takesHighest) this.#scrapeForHighest(target);
      else this.#scrape(target);
    }
  }

  #scrape(target: Target): void {
    const { gateway } = target;
    target.value = undefined;
    if (gateway.isDead) {
      // What it had is gone: the next one cannot show it.
      target.isOutOfSight = false;
      return;
    }
    if (gateway.isFrozen) target.isOutOfSight = true;
    if (target.isOutOfSight) {
      if (!gateway.isWell || this.world.now - gateway.wellSince < OUT_OF_SIGHT_MS) return;
      target.isOutOfSight = false;
    }
    const value = gateway.held;
    if (value === undefined) return;
    target.value = value;
    this.#see(value, gateway);
  }

  #scrapeForHighest(target: Target): void {
    const { gateway } = target;
    target.value = gateway.isDead || gateway.isFrozen ? undefined : gateway.held;
    const values = this.#targets.map(({ value }) => value).filter((value) => value !== undefined);
    if (values.length > 0) this.#see(Math.max(...values), gateway);
  }

  #see(value: number, { name }: Gateway): void {
    if (this.#seen !== undefined && value < this.#seen) {
      this.world.blame(`Prometheus saw ${value} after ${this.#seen} when it had scraped ${name}`);
    }
    this.#seen = value;
    this.#seenAt = this.world.now;
  }
}
