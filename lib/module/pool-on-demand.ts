import type { GatewayPool, GroupPush, PoolAnswer } from '../gateway/index.js';
import type { Group } from '../model/index.js';

/** The gateways, whose code is loaded when they are first needed: an application that starts does not wait for it. */
export class PoolOnDemand implements GatewayPool {
  readonly #load: () => Promise<GatewayPool>;
  #pool: Promise<GatewayPool> | undefined;
  #open: GatewayPool | undefined;
  #isClosed = false;

  /** @param load Called once, and again after it has failed. */
  constructor(
    readonly addresses: readonly string[],
    load: () => Promise<GatewayPool>,
  ) {
    this.#load = load;
  }

  async push(push: GroupPush): Promise<PoolAnswer> {
    return (await this.#loaded()).push(push);
  }

  async delete(group: Group): Promise<PoolAnswer> {
    return (await this.#loaded()).delete(group);
  }

  async heldElsewhere(group: Group): Promise<string | undefined> {
    return (await this.#loaded()).heldElsewhere?.(group);
  }

  resume(groups: readonly Group[]): void {
    this.#loaded().then(
      (pool) => {
        if (!this.#isClosed) pool.resume(groups);
      },
      // A push says so.
      () => undefined,
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#open?.close();
  }

  #loaded(): Promise<GatewayPool> {
    return (this.#pool ??= this.#load().then(
      (pool) => {
        if (this.#isClosed) pool.close();
        return (this.#open = pool);
      },
      (error: unknown) => {
        // The next who asks may have more luck.
        this.#pool = undefined;
        throw error;
      },
    ));
  }
}
