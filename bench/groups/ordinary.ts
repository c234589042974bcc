import { startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import type { Figures, Group } from '../harness/row.js';

/** Series of a counting process whose heap is compared with the same process without them. */
const SIZES = { thousand: 1_000, hundredThousand: 100_000 };

/** What counting costs as most applications do it: a thousand series in random order between other work, and their memory. */
export const ordinary: Group = {
  name: 'ordinary',
  rows: [
    {
      name: 'inc() on a kept child, 1,000 in random order, against prom-client',
      unit: 'ns',
      compare: 'faster',
      us: 'us.incKept',
      peer: 'promClient.incKept',
      least: 18,
      aim: 25,
    },
    {
      name: 'inc({ a, b }), 1,000 in random order, against prom-client',
      unit: 'ns',
      compare: 'faster',
      us: 'us.incLabels',
      peer: 'promClient.incLabels',
      least: 2.8,
      aim: 3.4,
    },
    {
      name: 'heap of a counting process a series, 1,000 series',
      unit: 'bytes',
      compare: 'alone',
      us: 'heap.thousand',
      least: 600,
      aim: 300,
    },
    {
      name: 'the same, 100,000 series',
      unit: 'bytes',
      compare: 'alone',
      us: 'heap.hundredThousand',
      least: 250,
      aim: 150,
    },
  ],
  start: async () => {
    const redis = await startRedis();
    return {
      contestants: {
        us: () => measureIn('random-ours', redis.address),
        promClient: () => measureIn('random-prom-client'),
        heap: () => heapOfSeries(redis.address),
      },
      stop: () => redis.stop(),
    };
  },
};

async function heapOfSeries(redis: string): Promise<Figures> {
  const heapWith = async (series: number): Promise<number> => {
    const { heapBytes = Number.NaN } = await measureIn('heap', redis, series);
    return heapBytes;
  };
  const without = await heapWith(0);
  const figures: Record<string, number> = {};
  for (const [name, series] of Object.entries(SIZES)) figures[name] = ((await heapWith(series)) - without) / series;
  return figures;
}
