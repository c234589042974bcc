import { failureKind } from '../client/failure-kind.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import type { PoolAnswer } from '../gateway-pool.js';
import { groupingKeyOf } from '../client/grouping-key.js';
import type { Placement } from './placement.js';
import { preferenceOf } from './rendezvous.js';
import type { Route, Send } from './route.js';
import { lookForGroup } from './unknown-holder.js';

/** Pushes to the holder. Only when the holder is gone it pushes to the next gateway of the list. */
export class ListRoute implements Route {
  constructor(private readonly directory: GatewayDirectory) {}

  async send(placement: Placement, send: Send, shown = placement.holder): Promise<PoolAnswer> {
    const waiting = this.#orderFor(placement, shown ?? (await lookForGroup(placement, this.directory)));
    const asked: string[] = [];
    let failure: unknown = new Error('No gateway answers that could take the group over');
    for (;;) {
      const gateway = waiting.shift();
      if (gateway === undefined) throw placement.failure(asked as [string, ...string[]], failure);
      if (!(await placement.mayHold(gateway))) {
        asked.push(gateway);
        continue;
      }
      asked.unshift(gateway);
      await placement.hold(gateway);
      const begun = Date.now();
      try {
        await send(this.directory.clientOf(gateway));
      } catch (error) {
        const kind = failureKind(error);
        failure = error;
        // This gateway does not have the group yet, and nothing was sent to it.
        const isSureNotThere = kind === 'refused' && gateway !== placement.holder;
        if (isSureNotThere) await lookForGroup(placement, this.directory);
        else if (
          kind === 'answered' ||
          kind === 'proxy' ||
          !(await placement.mayLeave(gateway, kind, Date.now() - begun))
        )
          throw placement.failure(asked as [string, ...string[]], error);
        continue;
      }
      await placement.settle(gateway);
      return { gateway, gateways: asked };
    }
  }

  /** First the gateway that shows the group; last those where DELETEs of it may wait. */
  #orderFor(placement: Placement, shown: string | undefined): string[] {
    const { group } = placement;
    const rank = (gateway: string): number => (gateway === shown ? 0 : placement.isLeft(gateway) ? 2 : 1);
    return [...preferenceOf(JSON.stringify(groupingKeyOf(group)), this.directory.addresses)].sort(
      (one, other) => rank(one) - rank(other),
    );
  }
}
