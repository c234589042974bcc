import { SummaryAccumulator, UpdateBuffers } from '../../../lib/buffer/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { GroupReader } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { groups } from './support.js';

const WINDOW_SECONDS = 60;
const NEVER_MS = 3_600_000;
const NOW = 1_800_000_000_000;
const definition = resolveDefinition({
  name: 'seconds',
  help: 'Seconds',
  type: 'summary',
  quantiles: [0, 1],
  maxAgeSeconds: WINDOW_SECONDS,
});

let store: MemoryStore;
let clock: jest.SpyInstance<number, []>;
const opened: UpdateBuffers[] = [];

beforeEach(() => {
  store = new MemoryStore();
  clock = jest.spyOn(Date, 'now').mockReturnValue(NOW);
  // In Redis its own clock stands behind this, whoever asks.
  const read = store.ledgers.read.bind(store.ledgers);
  jest.spyOn(store.ledgers, 'read').mockImplementation(async (group) => ({ ...(await read(group)), now: NOW }));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(opened.splice(0).map((buffers) => buffers.close(0)));
});

/** A process whose clock is wrong by so much observes once, stores that, and gives what it shows then. */
async function observe(value: number, wrongByMs: number): Promise<string> {
  clock.mockReturnValue(NOW + wrongByMs);
  const buffers = new UpdateBuffers(groups, store, NEVER_MS);
  opened.push(buffers);
  const accumulator = new SummaryAccumulator('', buffers.of('shop').family(definition), WINDOW_SECONDS);
  accumulator.observe(value);
  const text = await new GroupReader(groups, buffers, store.series).text('shop');
  clock.mockReturnValue(NOW);
  return text
    .split('\n')
    .filter((line) => line.includes('quantile'))
    .map((line) =>
      line.replace(/^.*"(.*)"} (.*)$/, (_, rank: string, at: string) => `${rank}: ${Math.round(Number(at))}`),
    )
    .join(', ');
}

it.each([65_000, 3_600_000, -65_000, -3_600_000, 400])(
  "keeps the others' quantiles, and adds to them, with a clock that is wrong by %d ms",
  async (wrongByMs) => {
    expect(await observe(10, 0)).toBe('0: 10, 1: 10');
    expect(await observe(20, wrongByMs)).toBe('0: 10, 1: 20');
    expect(await observe(30, 0)).toBe('0: 10, 1: 30');
  },
);

it('asks for the clock once a minute at the most', async () => {
  const buffers = new UpdateBuffers(groups, store, NEVER_MS);
  opened.push(buffers);
  const reader = new GroupReader(groups, buffers, store.series);
  for (let times = 0; times < 5; times++) await reader.text('shop');
  expect(jest.mocked(store.ledgers.read)).toHaveBeenCalledTimes(1);
});
