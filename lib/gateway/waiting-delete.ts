import { setTimeout as wait } from 'node:timers/promises';
import type { GroupingKey } from './grouping-key.js';
import type { PushgatewayClient } from './pushgateway-client.js';

/** Between one request and the next while none is answered: well below the time-out of any scrape. */
const NEXT_AFTER_MS = 250;

/**
 * Removes a group from a gateway that may be frozen. What waits in its socket is what it does when it thaws, scrapes too, and
 * a balancer takes a request back after its own time-out. So while none is answered one request follows the other: there is
 * always one that waits for longer than any scrape, also while the next attempt is prepared.
 * @throws what the first request threw. Later ones are left to wait; they end with their own time-outs.
 */
export async function deleteWaiting(client: Pick<PushgatewayClient, 'delete'>, key: GroupingKey): Promise<void> {
  const ended = new AbortController();
  const sent: Promise<void>[] = [];
  const send = (): Promise<void> => {
    const request = client.delete(key);
    sent.push(request.catch(() => undefined));
    return request;
  };
  const followers = async (taken: () => void): Promise<void> => {
    for (;;) {
      await wait(NEXT_AFTER_MS, undefined, { ref: false, signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return;
      void send().then(taken, () => undefined);
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      send().then(resolve, reject);
      void followers(resolve);
    });
  } finally {
    ended.abort();
  }
  // What still waits there must not come after a push that brings the group back.
  await Promise.all(sent);
}
