import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { waitFor } from '../../support/wait-for.js';
import type { Member } from './member.js';
import { PusherProcess } from './pusher-process.js';
import type { Strategy } from './strategies.js';

export const PUSH_INTERVAL_MS = 1_000;
const PUSH_TIMEOUT_MS = 1_000;

export interface Surroundings {
  readonly strategy: Strategy;
  readonly gateways: readonly Member[];
  readonly balancer: Member | undefined;
  readonly redis: Member;
  /** Address of the Prometheus that pushers ask. */
  readonly witness: string;
  readonly jobs: readonly string[];
}

/** The replicas of one application, and what they have counted: the truth that Prometheus is judged by. */
export class Pushers {
  readonly #running = new Set<PusherProcess>();
  /** Counts of processes that are gone. */
  #counted = 0;
  #stored = 0;
  #started = 0;
  #next = 0;
  #listed: readonly number[];

  constructor(private readonly around: Surroundings) {
    this.#listed = around.gateways.map((_, at) => at);
  }

  get running(): readonly PusherProcess[] {
    return [...this.#running];
  }

  /** What was told to processes to count: no counter may be higher. */
  get counted(): number {
    return this.running.reduce((sum, { counted }) => sum + counted, this.#counted);
  }

  /** What processes said is stored: no counter may end lower. */
  get stored(): number {
    return this.running.reduce((sum, { stored }) => sum + stored, this.#stored);
  }

  /** Pushers that start from now on know these gateways only. */
  list(gateways: readonly number[]): void {
    this.#listed = gateways;
  }

  async add(count = 1): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const name = `pusher-${(this.#started += 1)}`;
        const { gateways, balancer, redis } = this.around;
        const reached = [...gateways, ...(balancer ? [balancer] : [])].map(
          async ({ port, network }) => [port, await network.entrance(name)] as const,
        );
        const ways = Object.fromEntries(await Promise.all(reached));
        const options = this.#options(await redis.network.entrance(name));
        this.#running.add(await PusherProcess.start(name, { options, ways }));
      }),
    );
  }

  /** Lets one process after the other count. */
  count(amount: number): void {
    const pushers = this.running;
    pushers[(this.#next += 1) % pushers.length]?.count(amount);
  }

  /** Lets a counter begin that was not there before: in each process, one of which may be about to die. */
  begin(amount: number): void {
    for (const pusher of this.running) pusher.begin(amount);
  }

  /** One dies, and another takes its place. */
  async replace(pusher: PusherProcess): Promise<void> {
    await pusher.crash();
    if (this.#forget(pusher)) await this.add();
  }

  /** A deploy: each in turn ends and is started anew. */
  async roll(): Promise<void> {
    for (const pusher of this.running) {
      await pusher.stop();
      // Unless it was killed meanwhile: then who did that replaces it.
      if (this.#forget(pusher)) await this.add();
    }
  }

  /**
   * Waits until everything counted is stored, and gives the value that the store holds for each job. They differ when a
   * process was killed after it had stored a count for one job and not yet for the next.
   */
  async settle(): Promise<number[]> {
    const texts = await waitFor(
      async () => {
        await Promise.all(this.running.map((pusher) => pusher.read()));
        const isStored = this.running.every(({ counted, stored }) => stored === counted);
        // Only now: one process may read before another one has stored what it counted.
        return isStored && (await this.running[0]?.read());
      },
      { message: 'all pushers to have stored what they counted', timeoutMs: 30_000 },
    );
    return texts.map((text) => Number(/^orders_total (\S+)$/m.exec(text)?.[1]));
  }

  /** What they have printed, for a failure that needs an explanation. */
  output(): string {
    return this.running.map((pusher) => `${pusher.name}\n${pusher.output()}`).join('\n');
  }

  async kill(): Promise<void> {
    await Promise.all(this.running.map((pusher) => pusher.crash()));
  }

  #forget(pusher: PusherProcess): boolean {
    if (!this.#running.delete(pusher)) return false;
    this.#counted += pusher.counted;
    this.#stored += pusher.stored;
    return true;
  }

  #options(redisPort: number): PrometheusPushgatewayModuleOptions {
    const { strategy, gateways, balancer, witness, jobs } = this.around;
    const listed = this.#listed.map((at) => (gateways[at] as Member).address);
    return {
      prometheus: { host: witness, jobs },
      pushgateway: {
        ...strategy.pushgateway({ gateways: listed, balancer: balancer?.address ?? '' }),
        redis: `127.0.0.1:${redisPort}`,
        timeoutMs: PUSH_TIMEOUT_MS,
      },
      autoPush: { everyMs: PUSH_INTERVAL_MS },
    };
  }
}
