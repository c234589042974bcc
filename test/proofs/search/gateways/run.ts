import type { GatewayPool } from '../../../../lib/gateway/index.js';
import { BroadcastGateways, type GatewayDirectory, StickyGateways } from '../../../../lib/gateway/pools.js';
import { LONGEST_DELETION_MS, ModelClient, type OnPush, type Target, TIMEOUT_MS } from './client.js';
import { Gateway } from './simulated-gateway.js';
import { group } from './the-group.js';
import { Host } from './host.js';
import { Prometheus } from './prometheus.js';
import { type MakePool, Pusher } from './simulated-pusher.js';
import type { Store } from '../../../../lib/store/index.js';
import { linkTo, SharedStore } from './store-link.js';
import { World } from './world.js';

export interface Fault {
  readonly kind:
    | 'gateway dies'
    | 'gateway freezes'
    | 'gateway is cut off'
    | 'gateway refuses pushers'
    | 'pusher dies'
    | 'pusher freezes'
    | 'store is away'
    | 'ledger is lost'
    | 'list changes'
    | 'Prometheus is away';
  /** Which of them, where there are several. */
  readonly which: number;
  readonly atMs: number;
  readonly durationMs: number;
}

export interface Plan {
  /** Sticky in a list of gateways or behind a balancer that names them, or broadcast to the list. */
  readonly route: 'list' | 'address' | 'broadcast';
  readonly faults: readonly Fault[];
  /** Decide how long everything takes. */
  readonly dice: readonly number[];
  /** How long nothing goes wrong any more before the end: long enough for turns, pushes and clean-ups. */
  readonly quietMs: number;
  /** Decides what comes first of what happens at the same time: see `World`. */
  readonly order: number;
}

const GATEWAYS = ['http://a:1', 'http://b:2', 'http://c:3'] as const;
const BALANCER = 'http://balancer:9091';
const FAILOVER_AFTER_MS = 5_000;
/** Between looks whether Prometheus scrapes every gateway again. */
const LOOK_MS = 1_000;
const CLEAN_UP_MS = 5_000;

/** What the plan's faults do to servers and pushers, and what must hold while they do it. */
class Simulation {
  readonly #gateways: readonly Gateway[];
  readonly #prometheus: Prometheus;
  readonly #pools: GatewayPool[] = [];
  readonly #pushers: Pusher[] = [];
  /** Gateways that processes which start now do not know of. */
  readonly #unlisted = new Set<string>();
  /** What processes that live have configured. */
  readonly #lists = new Map<Host, readonly string[]>();
  readonly #store: SharedStore;
  /** What was pushed last: to a gateway if there are copies, else to any. */
  readonly #highest = new Map<string, number>();
  #lives = 0;

  constructor(
    private readonly world: World,
    private readonly plan: Plan,
  ) {
    this.#store = new SharedStore(() => {
      this.#checkLedger();
      void world.wait(LONGEST_DELETION_MS + 1).then(() => {
        this.#checkLedger();
      });
    });
    const names = plan.route === 'address' ? (['a', 'b', 'c'] as const) : GATEWAYS;
    this.#gateways = names.map((name) => new Gateway(name, world));
    this.#prometheus = new Prometheus(world, this.#gateways, plan.route === 'broadcast');
    for (let slot = 0; slot < 2; slot++) this.#startPusher(slot);
  }

  async run(): Promise<void> {
    if (this.plan.route === 'address') await this.#placeFirst();
    for (const fault of this.plan.faults) void this.#strike(fault);
    const troubledMs = Math.max(0, ...this.plan.faults.map(({ atMs, durationMs }) => atMs + durationMs));
    await this.world.run(troubledMs + this.plan.quietMs);
    while (this.world.faults.length === 0 && !this.#prometheus.seesAll) await this.world.run(LOOK_MS);
    for (const pusher of this.#pushers) pusher.stop();
    await this.world.run(CLEAN_UP_MS);
    const last = this.#pushers[0]?.push();
    await this.world.run(CLEAN_UP_MS);
    if (this.world.faults.length === 0) await this.#checkEnd(await settledOf(last));
    for (const pool of this.#pools) pool.close();
  }

  /**
   * Behind a balancer the group has a holder: who gets the very first push is known only when it has been taken, so that a
   * pusher which dies then leaves it to the balancer to do the same again.
   */
  async #placeFirst(): Promise<void> {
    const { turn = '' } = await this.#store.turns.take(group, 1_000);
    await this.#store.ledgers.noteHolder(group, turn, `${BALANCER}#a`);
    await this.#store.turns.end(group, turn);
  }

  async #strike({ kind, which, atMs, durationMs }: Fault): Promise<void> {
    await this.world.wait(atMs);
    const gateway = this.#gateways[which % this.#gateways.length] as Gateway;
    const slot = which % this.#pushers.length;
    const pusher = this.#pushers[slot] as Pusher;
    switch (kind) {
      case 'gateway dies':
        if (gateway.isDead) return;
        gateway.die();
        await this.world.wait(durationMs);
        gateway.start();
        break;
      case 'gateway freezes':
        gateway.freeze();
        await this.world.wait(durationMs);
        gateway.thaw();
        break;
      case 'gateway is cut off':
        gateway.cutOff();
        await this.world.wait(durationMs);
        gateway.reconnect();
        break;
      case 'gateway refuses pushers':
        gateway.cutOff({ isRefusing: true });
        await this.world.wait(durationMs);
        gateway.reconnect();
        break;
      case 'pusher dies':
        this.world.tell(`${pusher.host.name} dies`);
        pusher.host.die();
        pusher.stop();
        this.#lists.delete(pusher.host);
        this.#startPusher(slot);
        break;
      case 'pusher freezes':
        this.world.tell(`${pusher.host.name} freezes`);
        pusher.host.freeze();
        await this.world.wait(durationMs);
        this.world.tell(`${pusher.host.name} thaws`);
        pusher.host.thaw();
        break;
      case 'store is away':
        this.#store.isAway = true;
        await this.world.wait(durationMs);
        this.#store.isAway = false;
        break;
      case 'ledger is lost':
        this.world.tell('the ledger is lost');
        await this.#store.loseLedger(group);
        break;
      case 'list changes':
        if (!this.#changeList(gateway.name)) return;
        this.#replacePusher(slot);
        await this.world.wait(durationMs);
        this.#replacePusher(slot + 1);
        break;
      case 'Prometheus is away':
        this.#prometheus.isAway = true;
        await this.world.wait(durationMs);
        this.#prometheus.isAway = false;
        break;
    }
  }

  #startPusher(slot: number): void {
    const host = new Host(`pusher ${++this.#lives}`);
    const pusher = new Pusher(host, this.world, linkTo(this.#store, host, this.world), this.#makePool);
    this.#pushers[slot] = pusher;
    void pusher.pushOn().then(() => {
      this.#lists.delete(host);
      pusher.close();
    });
  }

  /** @returns false if there would be no gateway left. */
  #changeList(name: string): boolean {
    if (this.#unlisted.delete(name)) {
      this.world.tell(`${name} comes to the list`);
      return true;
    }
    if (this.#unlisted.size === GATEWAYS.length - 1) return false;
    this.world.tell(`${name} leaves the list`);
    this.#unlisted.add(name);
    return true;
  }

  /** As a deploy does: the next one starts, then this one ends. */
  #replacePusher(at: number): void {
    const slot = at % this.#pushers.length;
    const pusher = this.#pushers[slot];
    this.#startPusher(slot);
    pusher?.stop();
  }

  readonly #makePool: MakePool = (host, store) => {
    const isNamed = this.plan.route === 'address';
    const listed = GATEWAYS.filter((name) => !this.#unlisted.has(name)) as [string, ...string[]];
    const addresses: GatewayDirectory['addresses'] = isNamed ? [BALANCER] : listed;
    this.#lists.set(host, addresses);
    // Without a ledger nobody knows of a gateway that is not named.
    const isNamedAsFormer = this.plan.faults.some(({ kind }) => kind === 'ledger is lost');
    const directory: GatewayDirectory = {
      addresses,
      former: isNamedAsFormer && !isNamed ? GATEWAYS.filter((name) => !listed.includes(name)) : [],
      clientOf: (gateway) => ModelClient.of(this.world, host, this.#targetOf(gateway), isNamed, this.#onPush),
    };
    const pool =
      this.plan.route === 'broadcast'
        ? new BroadcastGateways(directory, store.ledgers)
        : this.#sticky(directory, host, store);
    this.#pools.push(pool);
    return pool;
  };

  #sticky(directory: GatewayDirectory, host: Host, store: Store): StickyGateways {
    return new StickyGateways({
      directory,
      ledgers: store.ledgers,
      witness: async () => {
        await this.world.travel();
        const sightings = this.#prometheus.sightings();
        await this.world.travel();
        await host.gate();
        return sightings;
      },
      listener: { moved: () => undefined, delayed: () => undefined },
      failoverAfterMs: FAILOVER_AFTER_MS,
      timeoutMs: TIMEOUT_MS,
      peers: { have: (gateway) => this.#have(gateway, host) },
    });
  }

  async #have(gateway: string, asking: Host): Promise<boolean> {
    await this.world.travel();
    const have = [...this.#lists].some(([host, list]) => host !== asking && list.includes(gateway));
    await this.world.travel();
    await asking.gate();
    return have;
  }

  #targetOf(id: string): Target {
    const name = this.plan.route === 'address' ? id.split('#')[1] : id;
    const named = this.#gateways.find((gateway) => gateway.name === name);
    if (named) return () => named;
    return () => {
      const choice = this.#gateways.filter(({ isDead, isCutOff }) => !isDead && !isCutOff);
      return choice.length > 0 ? this.world.pick(choice as [Gateway, ...Gateway[]]) : 'unreachable';
    };
  }

  readonly #onPush: OnPush = (gateway, value, isAwaited) => {
    const where = this.plan.route === 'broadcast' ? gateway.name : 'any';
    const highest = this.#highest.get(where) ?? 0;
    if (isAwaited && value < highest) this.world.blame(`${value} was pushed after ${highest}`);
    if (isAwaited) this.#highest.set(where, value);
    gateway.held = value;
    this.#checkLedger();
  };

  /** The ledger names every gateway that has a copy, and has not promised to delete it. */
  #checkLedger(): void {
    if (this.#store.isLost) return;
    for (const { name, held, deletions } of this.#gateways) {
      if (held === undefined || deletions > 0 || this.#store.copies.has(this.#idOf(name))) continue;
      this.world.blame(`${name} holds ${held}, but the ledger names ${[...this.#store.copies].join(', ')}`);
    }
  }

  #idOf(name: string): string {
    return this.plan.route === 'address' ? `${BALANCER}#${name}` : name;
  }

  async #checkEnd(last: Awaited<ReturnType<Pusher['push']>> | undefined): Promise<void> {
    const { world } = this;
    if (last?.outcome !== 'pushed') {
      world.blame(`the last push ${last?.outcome ?? 'did not end'}: ${last?.reason ?? ''}`);
      return;
    }
    let stored: unknown;
    for (const definition of await this.#store.series.definitions(group)) {
      for await (const chunk of this.#store.series.read(group, definition)) stored = chunk[0]?.value;
    }
    const holders = this.#gateways.filter(({ held }) => held !== undefined);
    const what = holders.map(({ name, held }) => `${name} ${held ?? ''}`).join(', ');
    const expected = this.plan.route === 'broadcast' ? this.#gateways.length : 1;
    if (holders.length !== expected || holders.some(({ held }) => held !== stored))
      world.blame(`${String(stored)} is stored, held: ${what}`);
    if (this.plan.route === 'broadcast') return;
    const { holder, copies } = this.#store;
    if (copies.size !== 1 || holder !== this.#idOf(holders[0]?.name ?? '')) {
      world.blame(`the ledger ends with holder ${holder ?? 'none'} and copies ${[...copies].join(', ')}`);
    }
  }
}

/** What a promise has come to by now. */
async function settledOf<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
  return Promise.race([promise, Promise.resolve(undefined)]);
}

/**
 * Two processes count and push through the plan's faults.
 * @throws Error if a promise was broken, with the story of how.
 */
export async function run(plan: Plan): Promise<void> {
  const world = new World(plan.dice, plan.order);
  const uninstall = world.install();
  try {
    await new Simulation(world, plan).run();
  } finally {
    uninstall();
  }
  if (world.faults.length > 0) throw new Error([world.faults[0], ...world.story.slice(-60)].join('\n'));
}
