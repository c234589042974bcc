import type { Sightings } from '../../../../lib/gateway/pools.js';
import type { Gateway } from './simulated-gateway.js';
import { LONGEST_PUSH_INTERVAL_MS } from './simulated-pusher.js';
import type { World } from './world.js';

/**
 * A gateway that was out of sight is scraped again only after it has been well for so long: time for a turn to run out
 * and for a push that cleans up. Nobody can remove a copy from a gateway that Prometheus reaches before any pusher does.
 */
const OUT_OF_SIGHT_MS = 30_000;
const SCRAPE_INTERVAL_MS: [number, ...number[]] = [1_000, 300, 1_500, 700];
const LONGEST_INTERVAL_MS = Math.max(...SCRAPE_INTERVAL_MS);

interface Target {
  readonly gateway: Gateway;
  /** What scrapes have found of the series, the latest last. */
  readonly found: { readonly value: number; readonly at: number }[];
  scrapedAt: number;
  isOutOfSight: boolean;
}

/** How far the rule that takes the highest looks back: two pushes and two scrapes, as in `recordingRules`. */
const WINDOW_MS = 2 * LONGEST_PUSH_INTERVAL_MS + 2 * LONGEST_INTERVAL_MS;

/** Scrapes all gateways and remembers what it saw of the one series: a lower value than before is a broken promise. */
export class Prometheus {
  readonly #targets: Target[];
  #seen: { readonly value: number; readonly at: number; readonly target: Target } | undefined;
  /** Pushers cannot ask it. */
  isAway = false;

  constructor(
    private readonly world: World,
    gateways: readonly Gateway[],
    /** Whether it keeps gateways apart, and takes the highest of what they have. */
    private readonly takesHighest: boolean,
  ) {
    this.#targets = gateways.map((gateway) => ({ gateway, found: [], scrapedAt: -Infinity, isOutOfSight: false }));
    for (const target of this.#targets) void this.#scrapeOn(target);
  }

  /** Whether it scrapes every gateway. */
  get seesAll(): boolean {
    return this.#targets.every(({ isOutOfSight }) => !isOutOfSight);
  }

  /** As `prometheusWitness` finds them out. @throws Error if it is away. */
  sightings(): Sightings {
    if (this.isAway) throw new Error('Prometheus is away');
    const since = (at: number): number => this.world.now - at;
    const seen = this.#seen;
    return {
      foundForMs: seen && since(seen.at),
      scrapedForMs: seen && since(seen.target.scrapedAt),
      intervalMs: LONGEST_INTERVAL_MS,
    };
  }

  async #scrapeOn(target: Target): Promise<void> {
    for (;;) {
      await this.world.wait(this.world.pick(SCRAPE_INTERVAL_MS));
      this.#scrape(target);
      if (this.takesHighest) this.#seeHighest(target);
    }
  }

  #scrape(target: Target): void {
    const { gateway } = target;
    target.scrapedAt = this.world.now;
    const value = this.#isInSight(target) ? gateway.held : undefined;
    if (value === undefined) return;
    target.found.push({ value, at: this.world.now });
    if (!this.takesHighest) this.#see(value, target);
  }

  #isInSight(target: Target): boolean {
    const { gateway } = target;
    // An old copy does no harm to the highest.
    if (this.takesHighest) return !gateway.isDead && !gateway.isFrozen;
    if (gateway.isDead) {
      // What it had is gone: the next one cannot show it.
      target.isOutOfSight = false;
      return false;
    }
    if (gateway.isFrozen) target.isOutOfSight = true;
    if (target.isOutOfSight) {
      if (!gateway.isWell || this.world.now - gateway.wellSince < OUT_OF_SIGHT_MS) return false;
      target.isOutOfSight = false;
    }
    return true;
  }

  /** A value that one gateway alone had outlives that gateway until the others have the next one. */
  #seeHighest(target: Target): void {
    const from = this.world.now - WINDOW_MS;
    for (const { found } of this.#targets) while (found[0] && found[0].at < from) found.shift();
    const values = this.#targets.flatMap(({ found }) => found.map(({ value }) => value));
    if (values.length > 0) this.#see(Math.max(...values), target);
  }

  #see(value: number, target: Target): void {
    if (this.#seen !== undefined && value < this.#seen.value) {
      const { name } = target.gateway;
      this.world.blame(`Prometheus saw ${value} after ${this.#seen.value} when it had scraped ${name}`);
    }
    this.#seen = { value, at: this.world.now, target };
  }
}
