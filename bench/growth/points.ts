import { Redis } from 'ioredis';
import { startPushgateway, startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Figures } from '../harness/row.js';
import { longestCommandMs, watchCommands } from '../processes/redis-figures.js';

const WRITER_SERIES = 1_000;
const WRITER_RATE = 10_000;
const WRITER_SECONDS = 5;
/** The default of the product. */
const FLUSH_INTERVAL_MS = 250;
const SOME_WRITERS = 4;

/** One process counts that many series and another one pushes them, in servers of their own. */
export async function measureSize(series: number, families: number): Promise<Figures> {
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const client = new Redis(`redis://${redis.address}`);
  try {
    const counted = await measureIn('grow', redis.address, series, families);
    await watchCommands(client);
    const pushed = await measureIn('push-ours', redis.address, gateway.address, 0, series);
    const longestReadMs = await longestCommandMs(client);
    return {
      ...counted,
      pushMs: pushed['wallMs'] ?? 0,
      pushCpuMs: pushed['cpuMs'] ?? 0,
      pushMb: pushed['addedMb'] ?? 0,
      longestReadMs,
    };
  } finally {
    client.disconnect();
    await Promise.all([redis.stop(), gateway.stop()]);
  }
}

/** Four processes that write at that interval. */
export function measureFlushInterval(flushIntervalMs: number): Promise<Figures> {
  return measureWriters(SOME_WRITERS, flushIntervalMs);
}

/** So many processes, each counting 10,000 times a second on the same 1,000 series. */
export async function measureWriters(writers: number, flushIntervalMs = FLUSH_INTERVAL_MS): Promise<Figures> {
  const redis = await startRedis();
  const client = new Redis(`redis://${redis.address}`);
  try {
    await watchCommands(client);
    const before = await cpuOf(client);
    const figures = await Promise.all(
      Array.from({ length: writers }, () =>
        measureIn('write', redis.address, WRITER_SERIES, WRITER_RATE, WRITER_SECONDS, flushIntervalMs),
      ),
    );
    const redisCpu = ((await cpuOf(client)) - before) / WRITER_SECONDS;
    const writerCpu = figures.reduce((sum, { cpuMs = 0 }) => sum + cpuMs, 0) / writers / (WRITER_SECONDS * 1_000);
    return {
      redisCpuPercent: redisCpu * 100,
      writerCpuPercent: writerCpu * 100,
      longestFlushMs: await longestCommandMs(client),
    };
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

/** Seconds of CPU that Redis has used. */
async function cpuOf(client: Redis): Promise<number> {
  const info = await client.info('cpu');
  return ['user', 'sys'].reduce(
    (sum, kind) => sum + Number(new RegExp(`^used_cpu_${kind}:([\\d.]+)`, 'm').exec(info)?.[1]),
    0,
  );
}
