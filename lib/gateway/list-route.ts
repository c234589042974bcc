import { failureKind } from './failure-kind.js';
import type { GatewayDirectory } from './gateway-directory.js';
import type { PoolAnswer } from './gateway-pool.js';
import { groupingKeyOf } from './grouping-key.js';
import type { Placement } from './placement.js';
import { preferenceOf } from './rendezvous.js';
import type { Route, Send } from './route.js';

/** To the holder; to the next gateway of the list only when the holder is gone. */
export class ListRoute implements Route {
  constructor(private readonly directory: GatewayDirectory) {}

  async send(placement: Placement, send: Send): Promise<PoolAnswer> {
    const waiting = this.#orderFor(placement);
    const asked: string[] = [];
    for (;;) {
      const gateway = waiting.shift() as string;
      await placement.hold(gateway);
      asked.unshift(gateway);
      const begun = Date.now();
      try {
        await send(this.directory.clientOf(gateway));
      } catch (error) {
        const kind = failureKind(error);
        // Where a group comes to now nothing has been sent yet, and of a single gateway nobody needs to know.
        const isWithoutDoubt = kind === 'refused' && (gateway !== placement.holder || waiting.length === 0);
        const mayLeave =
          isWithoutDoubt || (kind !== 'answered' && (await placement.mayLeave(gateway, kind, Date.now() - begun)));
        if (mayLeave && waiting.length > 0) continue;
        throw placement.failure(asked as [string, ...string[]], error);
      }
      await placement.settle(gateway);
      return { gateway, gateways: asked };
    }
  }

  #orderFor({ group, holder }: Placement): string[] {
    const order = preferenceOf(JSON.stringify(groupingKeyOf(group)), this.directory.addresses);
    if (holder === undefined || !order.includes(holder)) return order;
    return [holder, ...order.filter((gateway) => gateway !== holder)];
  }
}
