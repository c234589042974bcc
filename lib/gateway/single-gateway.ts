import type { Group } from '../model/index.js';
import type { ExpositionText } from './exposition-body.js';
import type { GatewayPool, PoolAnswer } from './gateway-pool.js';
import { groupingKeyOf } from './grouping-key.js';
import type { PushgatewayClient } from './pushgateway-client.js';

/** The pool of one: a gateway, or a load balancer that is trusted to keep a group on one. */
export class SingleGateway implements GatewayPool {
  readonly addresses: readonly string[];
  readonly #client: PushgatewayClient;

  constructor(client: PushgatewayClient) {
    this.#client = client;
    this.addresses = [client.address];
  }

  async push(group: Group, text: ExpositionText): Promise<PoolAnswer> {
    await this.#client.push(groupingKeyOf(group), text);
    return this.#answer();
  }

  async pushAdd(group: Group, text: ExpositionText): Promise<PoolAnswer> {
    await this.#client.pushAdd(groupingKeyOf(group), text);
    return this.#answer();
  }

  async delete(group: Group): Promise<PoolAnswer> {
    await this.#client.delete(groupingKeyOf(group));
    return this.#answer();
  }

  close(): void {
    // Nothing goes on in the background.
  }

  #answer(): PoolAnswer {
    return { gateway: this.#client.address, gateways: [this.#client.address] };
  }
}
