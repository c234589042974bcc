import { type Group, resolveDefinition } from '../../../lib/model/index.js';
import { ScrapedGroup, type ScrapeSources } from '../../../lib/scrape/scraped-group.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

const group: Group = { job: 'shop', instance: 'i', labels: {} };

let store: MemoryStore;
let done: string[];

beforeEach(() => {
  store = new MemoryStore();
  done = [];
});
afterEach(() => {
  jest.useRealTimers();
});

function sources(): ScrapeSources {
  // Another process that asks for the turn.
  const note = (what: string) => async () => {
    const { isBusyReading } = await store.turns.begin(group, { ttlMs: 1, knownPushAt: 0, silentMs: 1, shownForMs: 0 });
    done.push(isBusyReading ? `${what} in its turn` : what);
  };
  return {
    options: { announceForMs: 0 },
    reader: { groupOf: () => group, flush: note('flush') } as never,
    collectors: { metricsOf: () => ['depth'], collect: (_, by) => note(by)() },
    store,
    restorer: { restore: () => Promise.resolve([]) },
    copies: { find: () => Promise.resolve(undefined) },
    labels: {},
  };
}

describe('a group that is scraped', () => {
  it('has what is collected: by each process before its turn, by one in it', async () => {
    const scraped = await ScrapedGroup.begin('shop', sources(), new AbortController().signal);
    expect(done).toEqual(['each', 'flush', 'one in its turn', 'flush in its turn']);
    await scraped.end(true);
    expect((await store.turns.take(group, 1)).turn).toBeDefined();
  });

  it('lacks gauges of processes that have lost their values, until all have sent them again', async () => {
    const [open, depth] = [
      resolveDefinition({ name: 'open', help: 'Open', type: 'gauge', aggregation: 'sum' }),
      resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' }),
    ];
    await store.series.apply(group, { writer: 'w', sequence: 1, clear: [], definitions: [open, depth], families: [] });
    const begin = store.turns.begin.bind(store.turns);
    let arePartsLost = true;
    jest.spyOn(store.turns, 'begin').mockImplementation(async (...wish) => {
      const { begun, ...turn } = await begin(...wish);
      return { ...turn, ...(begun && { begun: { ...begun, arePartsLost } }) };
    });
    const shown = async (): Promise<string[]> => {
      const scraped = await ScrapedGroup.begin('shop', sources(), new AbortController().signal);
      await scraped.end(true);
      return scraped.families.map(({ definition }) => definition.name);
    };
    expect(await shown()).toEqual(['depth']);
    arePartsLost = false;
    expect(await shown()).toEqual(['depth', 'open']);
  });

  it('stays its own until its end, and is read no further once nobody wants it', async () => {
    jest.useFakeTimers();
    const kept = jest.spyOn(store.turns, 'keep');
    const client = new AbortController();
    const noted = { ...sources(), collectors: { metricsOf: () => [], collect: () => Promise.resolve() } };
    const scraped = await ScrapedGroup.begin(
      'shop',
      { ...noted, reader: { groupOf: () => group, flush: () => Promise.resolve() } as never },
      client.signal,
    );
    await jest.advanceTimersByTimeAsync(60_000);
    expect(kept).toHaveBeenCalledTimes(20);
    await expect(scraped.keep()).resolves.toBeUndefined();
    const definition = resolveDefinition({ name: 'a_total', help: 'A', type: 'counter' });
    jest.spyOn(store.series, 'readText').mockImplementation(async function* () {
      for (;;) yield await Promise.resolve([{ definition, chunk: [] }]);
    });
    const readings = scraped.read([])[Symbol.asyncIterator]();
    expect(await readings.next()).toMatchObject({ done: false });
    client.abort(new Error('the client has gone'));
    await expect(readings.next()).rejects.toThrow('the client has gone');
    await scraped.end(false);
    kept.mockClear();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(kept).not.toHaveBeenCalled();
  });
});
