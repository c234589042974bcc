import { setTimeout as wait } from 'node:timers/promises';
import type { GroupingKey } from '../client/grouping-key.js';
import type { PushgatewayClient } from '../client/pushgateway-client.js';

/** Between one request and the next while none is answered, if it is the only group that is removed just now. */
const NEXT_AFTER_MS = 50;

export interface WaitingOptions {
  /** How many groups are removed at the same time: together they send no more than one alone would. Default 1. */
  readonly groups?: number;
  /** Asked before each request but the first: one that is sent cannot be taken back. If it rejects, none is sent just then. */
  readonly isWanted?: () => Promise<boolean>;
}

/**
 * Removes a group from a gateway that may be frozen. What waits in its socket is what it does when it thaws, scrapes too: the
 * newest first, as a rule, then the oldest (Go runs the connection first that it accepted last). So while none is answered
 * one request follows the other: the oldest is older than any scrape that still waits, also behind a balancer, which takes a
 * request back after its own time-out; and the newest is rarely older than the newest scrape.
 * @throws what the first request threw. Later ones are left to wait, so that the next attempt leaves no gap.
 */
export async function deleteWaiting(
  client: Pick<PushgatewayClient, 'delete'>,
  key: GroupingKey,
  { groups = 1, isWanted = () => Promise.resolve(true) }: WaitingOptions = {},
): Promise<void> {
  const ended = new AbortController();
  const sent: Promise<void>[] = [];
  const send = (): Promise<void> => {
    const request = client.delete(key);
    sent.push(request.catch(() => undefined));
    return request;
  };
  const followers = async (taken: () => void): Promise<void> => {
    for (;;) {
      await wait(NEXT_AFTER_MS * groups, undefined, { ref: false, signal: ended.signal }).catch(() => undefined);
      const answer = await isWanted().catch(() => undefined);
      if (ended.signal.aborted || answer === false) return;
      if (answer) void send().then(taken, () => undefined);
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
