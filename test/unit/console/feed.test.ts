import { ConsoleFeed, type FeedSources } from '../../../lib/console/feed/console-feed.js';
import { resolveOptions } from '../../../lib/options/index.js';

jest.mock('../../../lib/console/feed/ask-servers.js', () => ({ askServers: () => Promise.resolve([]) }));
let examinations = 0;
jest.mock('../../../lib/doctor/index.js', () => ({
  examine: () => {
    examinations++;
    return Promise.resolve([]);
  },
}));

/** A feed over a store that counts how often it is asked. */
function feedOver(answer: () => Promise<never[]>): { feed: ConsoleFeed; asked: () => number } {
  let asked = 0;
  const options = resolveOptions({
    prometheus: { host: '127.0.0.1:9', jobs: ['shop'] },
    pushgateway: { host: '127.0.0.1:9', redis: 'memory' },
  });
  const sources = {
    options,
    replicas: [],
    history: { latest: [] },
    store: { address: 'memory' },
    metrics: {
      status: () => {
        asked++;
        return answer();
      },
    },
    reader: {
      now: 0,
      families: () =>
        (async function* (): AsyncGenerator<never> {
          yield* [];
        })(),
    },
  };
  return { feed: new ConsoleFeed(sources as unknown as FeedSources), asked: () => asked };
}

describe('the feed', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  it('asks the store once for all who look, and not while nobody does', async () => {
    const { feed, asked } = feedOver(() => Promise.resolve([]));
    jest.advanceTimersByTime(60_000);
    await settle();
    expect(asked()).toBe(0);

    const told = [0, 0, 0];
    const stops = told.map((_, at) =>
      feed.watch(() => {
        told[at] = (told[at] as number) + 1;
      }),
    );
    await settle();
    expect(asked()).toBe(1);
    expect(told.every((count) => count >= 1)).toBe(true);
    jest.advanceTimersByTime(2_000);
    await settle();
    expect(asked()).toBe(2);

    for (const stop of stops) stop();
    expect(feed.viewers).toBe(0);
    jest.advanceTimersByTime(30_000);
    await settle();
    expect(asked()).toBe(2);
    expect(feed.known.history.readings).toBe(2);
    jest.advanceTimersByTime(31_000);
    expect(feed.known.history.readings).toBe(0);
  });

  it('has the doctor look again when something was done, not more often than every five seconds', async () => {
    const { feed } = feedOver(() => Promise.resolve([]));
    feed.refresh();
    const stop = feed.watch(() => undefined);
    await settle();
    const first = examinations;
    feed.refresh();
    await settle();
    expect(examinations).toBe(first);
    jest.advanceTimersByTime(6_000);
    feed.refresh();
    await settle();
    expect(examinations).toBe(first + 1);
    stop();
    feed.close();
  });

  it('keeps what it read when the store does not answer, and says why', async () => {
    let isAway = false;
    const { feed } = feedOver(() => (isAway ? Promise.reject(new Error('Redis is away')) : Promise.resolve([])));
    const stop = feed.watch(() => undefined);
    await settle();
    const { reading } = feed.known;
    expect(reading).toBeDefined();
    isAway = true;
    jest.advanceTimersByTime(2_000);
    await settle();
    expect(feed.known).toMatchObject({ storeError: 'Redis is away', reading });
    stop();
    feed.close();
  });
});
