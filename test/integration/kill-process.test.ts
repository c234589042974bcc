import { type RunningServer, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { sum, Writers } from './writers.js';

const FLUSH_INTERVAL_MS = 250;
/** The way to Redis, and the next turn of the process' loop, on a machine that is busy with other things. */
const ALLOWANCE_MS = 2_000;

let redis: RunningServer;
let writers: Writers;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  writers = new Writers();
});
afterEach(() => writers.kill());

describe('a process killed (-9) at a random moment', () => {
  it.each([1, 2, 3])('loses what it counted in its last flush interval, not more (%i)', async () => {
    const writer = await writers.start(redis.address, {}, { flushIntervalMs: FLUSH_INTERVAL_MS });
    await writer.counts(2_000);
    const { tally: flushed } = await writer.ask('flush', 'flushed');
    // So long that one which stores nothing more would be found out.
    const from = writer.last('progress')?.atMs ?? 0;
    const countsForMs = FLUSH_INTERVAL_MS + ALLOWANCE_MS + Math.random() * 2 * FLUSH_INTERVAL_MS;
    await waitFor(() => (writer.last('progress')?.atMs ?? 0) > from + countsForMs, { intervalMs: 5 });
    writer.kill();
    expect(await writer.ended).toMatchObject({ signal: 'SIGKILL' });
    // A batch that was under way may still be in the socket.
    let stored = -1;
    await waitFor(
      async () => {
        const before = stored;
        stored = sum((await writers.stored(redis.address)).events);
        return stored === before;
      },
      { intervalMs: 100, message: 'Redis to have what was under way' },
    );
    const reports = writer.all('progress');
    const last = reports.at(-1) as (typeof reports)[0];
    const lostSince = reports.find(({ events }) => events > stored)?.atMs ?? last.atMs;
    const lostMs = last.atMs - lostSince;
    console.log(
      `killed (-9): lost at least ${Math.max(last.events - stored, 0)} increments, of ${Math.round(lostMs)} ms`,
    );
    expect(stored).toBeGreaterThanOrEqual(sum(flushed.events));
    expect(stored).toBeGreaterThan(0);
    expect(lostMs).toBeLessThan(FLUSH_INTERVAL_MS + ALLOWANCE_MS);
  });
});
