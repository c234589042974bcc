import { NumberAccumulator, UpdateBuffers } from '../../../../lib/buffer/index.js';
import type { GatewayPool } from '../../../../lib/gateway/index.js';
import { type PushResult, resolveDefinition } from '../../../../lib/model/index.js';
import { GroupReader, PushService } from '../../../../lib/push/index.js';
import type { Store } from '../../../../lib/store/index.js';
import { TIMEOUT_MS } from './client.js';
import { group } from './the-group.js';
import type { Host } from './host.js';
import type { World } from './world.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });

/** Longer than any run: what is counted goes to the store when it is pushed. */
const NEVER_MS = 1e9;
const PUSH_INTERVAL_MS: [number, ...number[]] = [1_000, 400, 2_500, 1_500];
export const LONGEST_PUSH_INTERVAL_MS = Math.max(...PUSH_INTERVAL_MS);

export type MakePool = (host: Host, store: Store) => GatewayPool;

/** One life of a process that counts and pushes. */
export class Pusher {
  readonly #orders: NumberAccumulator;
  readonly #service: PushService;
  readonly #pool: GatewayPool;
  #isOver = false;

  constructor(
    readonly host: Host,
    private readonly world: World,
    store: Store,
    makePool: MakePool,
  ) {
    const buffers = new UpdateBuffers([group], store, NEVER_MS);
    const family = buffers.of(group.job).family(counter);
    this.#orders = new NumberAccumulator('type="blue"', family);
    const pool = makePool(host, store);
    this.#pool = pool;
    pool.resume([group]);
    this.#service = new PushService({
      reader: new GroupReader([group], buffers, store.series),
      store,
      pool,
      timeoutMs: TIMEOUT_MS,
    });
  }

  /** Counts and pushes, again and again. */
  async pushOn(): Promise<void> {
    while (!this.#isOver) {
      await this.world.wait(this.world.pick(PUSH_INTERVAL_MS));
      await this.host.gate();
      await this.push();
    }
  }

  async push(): Promise<PushResult> {
    this.#orders.add(1);
    const result = await this.#service.push(group.job);
    await this.host.gate();
    this.world.tell(`${this.host.name} ${result.outcome} ${result.gateways.join(' ')} ${result.reason ?? ''}`);
    return result;
  }

  /** Once it has stopped. */
  close(): void {
    this.#pool.close();
  }

  stop(): void {
    this.#isOver = true;
  }
}
