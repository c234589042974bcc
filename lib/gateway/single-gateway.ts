import { type Group, groupingLabels } from '../model/index.js';
import type { ExpositionText } from './exposition-body.js';
import type { GatewayPool, PoolAnswer } from './gateway-pool.js';
import type { GroupingKey } from './grouping-key.js';
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
    await this.#client.push(keyOf(group), text);
    return this.#answer();
  }

  async pushAdd(group: Group, text: ExpositionText): Promise<PoolAnswer> {
    await this.#client.pushAdd(keyOf(group), text);
    return this.#answer();
  }

  async delete(group: Group): Promise<PoolAnswer> {
    await this.#client.delete(keyOf(group));
    return this.#answer();
  }

  #answer(): PoolAnswer {
    return { gateway: this.#client.address, gateways: [this.#client.address] };
  }
}

function keyOf(group: Group): GroupingKey {
  return { job: group.job, ...Object.fromEntries(groupingLabels(group)) };
}
