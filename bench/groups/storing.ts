import { startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Figures, Group } from '../harness/row.js';

const SERIES = 100_000;
const CHILDREN = 20_000;

/** Bytes in Redis, as the difference of its used_memory. */
export const storing: Group = {
  name: 'storing',
  rows: [
    {
      name: 'Redis bytes of a counter series, 3 labels',
      unit: 'bytes',
      compare: 'alone',
      us: 'counters.bytesPerSeries',
      least: 115,
      aim: 80,
    },
    {
      name: 'Redis bytes of a histogram child, 10 buckets',
      unit: 'bytes',
      compare: 'alone',
      us: 'histograms.bytesPerChild',
      least: 1_400,
      aim: 250,
    },
  ],
  start: () =>
    Promise.resolve({
      contestants: {
        counters: () => inFreshRedis((address) => measureIn('fill', address, SERIES, 1)),
        histograms: () => inFreshRedis((address) => measureIn('fill-histograms', address, CHILDREN)),
      },
      stop: () => Promise.resolve(),
    }),
};

async function inFreshRedis(measure: (address: string) => Promise<Figures>): Promise<Figures> {
  const redis = await startRedis();
  try {
    return await measure(redis.address);
  } finally {
    await redis.stop();
  }
}
