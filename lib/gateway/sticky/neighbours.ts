import { PackageLogger } from '../../log/package-logger.js';
import type { Group } from '../../model/index.js';
import { type GatewayDirectory, isConfigured } from '../gateway-directory.js';
import { partsOf } from '../gateway-id.js';
import { HeldElsewhereError } from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import { NO_PEERS, type Peers } from '../peers.js';

/**
 * Processes that share the store and the group, but not the gateways: during a deploy that changes the list, or by mistake.
 * A group on a gateway that one of them has configured stays there while that process lives.
 */
export class Neighbours {
  readonly #logger = new PackageLogger();
  /** Groups that are left to others. The log has said so. */
  readonly #left = new Set<string>();

  constructor(
    private readonly directory: GatewayDirectory,
    private readonly peers: Peers = NO_PEERS,
  ) {}

  /** Why this process leaves a group alone; undefined if it does not. */
  async reasonToLeave(group: Group, holder: string | undefined): Promise<string | undefined> {
    const isTheirs =
      holder !== undefined &&
      !isConfigured(this.directory, holder) &&
      (await this.peers.have(partsOf(holder).address, group));
    const id = JSON.stringify(groupingKeyOf(group));
    if (!isTheirs) {
      if (this.#left.delete(id)) this.#logger.log(`Job "${group.job}" is pushed to this process' gateways again`);
      return undefined;
    }
    const reason =
      `${holder} has the group, and another living process has that gateway configured. This one has not ` +
      `(${this.directory.addresses.join(', ')}), and leaves the group there until that process has ended`;
    if (!this.#left.has(id)) {
      this.#left.add(id);
      this.#logger.warn(
        `Job "${group.job}": ${reason}. Unless that is a deploy under way, give all processes of one job and instance the ` +
          'same pushgateway.host, or another pushgateway.keyPrefix',
      );
    }
    return reason;
  }

  /** @throws HeldElsewhereError */
  async requireOurs(group: Group, holder: string | undefined): Promise<void> {
    const reason = await this.reasonToLeave(group, holder);
    if (reason !== undefined) throw new HeldElsewhereError(reason);
  }
}
