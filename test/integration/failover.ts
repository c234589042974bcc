import { Redis } from 'ioredis';
import type { RedisConnection } from '../../lib/options/index.js';
import type { RunningServer } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { emptyTally, type Tally } from '../support/writer-messages.js';
import { sum, type Writers } from './writers.js';

export interface Servers {
  readonly master: RunningServer;
  readonly replicas: readonly RunningServer[];
}

export interface Outcome {
  /** Counted in all, and of that what Redis has in the end; of the counter. */
  readonly counted: number;
  readonly lost: number;
  /** Acknowledged by the master alone, that is after the replicas had been cut off. */
  readonly acknowledgedAlone: number;
  /** What had been counted when the master was dead, less what the replicas had. */
  readonly atRisk: number;
  /** No series has more than was counted, and nothing but what was at risk is missing. */
  readonly hasTooMuch: boolean;
  readonly lines: readonly string[];
}

/**
 * Kills a master whose replicas have been cut off from it for a while, and lets one of them take over, as if the network
 * had failed first: what the master acknowledged meanwhile is in no replica.
 */
export async function failOverCutOff(
  writers: Writers,
  redis: RedisConnection,
  { master, replicas }: Servers,
  waitForReplicas: number,
): Promise<Outcome> {
  const writer = await writers.start(redis, {}, { waitForReplicas });
  await writer.counts(5_000);
  const { tally: replicated } = await writer.ask('flush', 'flushed');
  const client = new Redis({ port: master.port });
  try {
    await caughtUp(client, replicas.length);
    for (const replica of replicas) replica.kill('SIGSTOP');
    await client.call('CLIENT', 'KILL', 'TYPE', 'replica');
  } finally {
    client.disconnect();
  }
  let acknowledgedAlone = 0;
  if (waitForReplicas === 0) {
    const { tally: before } = await writer.ask('flush', 'flushed');
    await writer.counts(5_000);
    const { tally: after } = await writer.ask('flush', 'flushed');
    acknowledgedAlone = sum(after.events) - sum(before.events);
  } else {
    await writer.next('line');
    await writer.counts(5_000);
  }
  master.kill('SIGKILL');
  await master.exited;
  const from = writer.all('progress').length;
  const { events: atKill } = await waitFor(() => writer.all('progress')[from], { message: 'a report after the kill' });
  // A slow process has to notice that Redis is away before it is there again.
  if (waitForReplicas === 0) await writer.next('line');
  for (const replica of replicas) replica.kill('SIGCONT');
  await writer.counts(5_000);
  const { tally, lines } = await writer.finish();
  const stored = { ...emptyTally(tally.events.length), ...(await writers.stored(redis)) };
  return {
    ...difference(tally, stored),
    acknowledgedAlone,
    atRisk: atKill - sum(replicated.events),
    lines,
  };
}

/** Kills a master under full load, its replicas following as well as they can. */
export async function killMaster(writers: Writers, redis: RedisConnection, { master }: Servers): Promise<Outcome> {
  const writer = await writers.start(redis, { burst: 500 });
  await writer.counts(100_000);
  const { tally: replicated } = await writer.ask('flush', 'flushed');
  await writer.counts(20_000);
  master.kill('SIGKILL');
  await master.exited;
  const from = writer.all('progress').length;
  const { events: atKill } = await waitFor(() => writer.all('progress')[from], { message: 'a report after the kill' });
  await writer.counts(20_000);
  const { tally, lines } = await writer.finish();
  const stored = { ...emptyTally(tally.events.length), ...(await writers.stored(redis)) };
  return { ...difference(tally, stored), acknowledgedAlone: 0, atRisk: atKill - sum(replicated.events), lines };
}

function difference(tally: Tally, stored: Tally): Pick<Outcome, 'counted' | 'lost' | 'hasTooMuch'> {
  return {
    counted: sum(tally.events),
    lost: sum(tally.events) - sum(stored.events),
    hasTooMuch:
      stored.events.some((count, at) => count > (tally.events[at] ?? 0)) ||
      stored.sizes.some((count, at) => count > (tally.sizes[at] ?? 0)) ||
      stored.spans > tally.spans,
  };
}

/** Until the replicas have what the master has now. */
async function caughtUp(master: Redis, replicas: number): Promise<void> {
  const now = Number(/master_repl_offset:(\d+)/.exec(await master.info('replication'))?.[1]);
  await waitFor(
    async () => {
      const info = await master.info('replication');
      const offsets = [...info.matchAll(/^slave\d+:.*offset=(\d+)/gm)].map(([, offset]) => Number(offset));
      return offsets.length === replicas && offsets.every((offset) => offset >= now);
    },
    { message: 'the replicas to catch up' },
  );
}
