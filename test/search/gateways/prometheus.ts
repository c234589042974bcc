import type { Gateway } from './gateway.js';
import type { World } from './world.js';

/**
 * A gateway that was out of sight is scraped again only after it has been well for so long: time for a turn to run out
 * and for a push that cleans up. Nobody can remove a copy from a gateway that Prometheus reaches before any pusher does.
 */
const OUT_OF_SIGHT_MS = 30_000;
const SCRAPE_INTERVAL_MS: [number, ...number[]] = [1_000, 300, 1_500, 700];

interface Target {
  readonly gateway: Gateway;
  /** Whether the last scrape found the series. */
  hasSeries: boolean;
  isOutOfSight: boolean;
}

/** Scrapes all gateways and remembers what it saw of the one series: a lower value than before is a broken promise. */
export class Prometheus {
  readonly #targets: Target[];
  #seen: number | undefined;
  /** Pushers cannot ask it. */
  isAway = false;

  constructor(
    private readonly world: World,
    gateways: readonly Gateway[],
  ) {
    this.#targets = gateways.map((gateway) => ({ gateway, hasSeries: false, isOutOfSight: false }));
    for (const target of this.#targets) void this.#scrapeOn(target);
  }

  /** As `prometheusWitness` finds out. */
  witness(): boolean | undefined {
    if (this.isAway || this.#seen === undefined) return undefined;
    return this.#targets.some(({ hasSeries }) => hasSeries);
  }

  async #scrapeOn(target: Target): Promise<void> {
    for (;;) {
      await this.world.wait(this.world.pick(SCRAPE_INTERVAL_MS));
      this.#scrape(target);
    }
  }

  #scrape(target: Target): void {
    const { gateway } = target;
    target.hasSeries = false;
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
    target.hasSeries = true;
    if (this.#seen !== undefined && value < this.#seen) {
      this.world.blame(`Prometheus saw ${value} at ${gateway.name} after ${this.#seen}`);
    }
    this.#seen = value;
  }
}
