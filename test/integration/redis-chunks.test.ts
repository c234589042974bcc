import { Redis } from 'ioredis';
import { definitionShape, type Group, type ResolvedDefinition, resolveDefinition } from '../../lib/model/index.js';
import type { Update } from '../../lib/store/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { type RunningServer, startRedis } from '../support/servers.js';

/** No command may hold Redis for long, however many series there are. */
const SERIES = 20_000;
const AT_ONCE = 200;
const MOST_SPLITS = 8;
const LONGEST_HASH = 1_000;
const LONGEST_CHUNK = 1_000;
const LONGEST_TEXT = 2_500;

const labelNames = ['number'];
const group: Group = { job: 'shop', instance: 'localhost', labels: {} };
const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', labelNames, buckets: [1] });

let server: RunningServer;
let redis: Redis;
let store: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis({ port: server.port });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushdb();
  store = new RedisStore(server.address, 'test');
});
afterEach(() => store.close());

describe.each<[string, ResolvedDefinition, (labels: string, at: number) => Update]>([
  ['whole steps', counter, (labels, at) => ({ op: 'add', labels, value: at })],
  ['fractions', counter, (labels, at) => ({ op: 'add', labels, value: at / 4 })],
  ['observations', histogram, (labels, at) => ({ op: 'observe', labels, counts: [at, 1], sum: at })],
])('many series of %s', (_, definition, update) => {
  /** How often a call read a whole hash, as it does to divide it. */
  let splits: number[];

  beforeEach(async () => {
    splits = [];
    const shape = definitionShape(definition);
    for (let from = 0; from < SERIES; from += AT_ONCE) {
      const updates = Array.from({ length: AT_ONCE }, (_, at) => update(`number="${from + at}"`, from + at));
      await store.series.apply(group, {
        writer: 'one',
        sequence: from / AT_ONCE + 1,
        clear: [],
        definitions: [definition],
        families: [{ family: definition.name, shape, updates }],
      });
      splits.push(Number(/cmdstat_hgetall:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0));
      await redis.config('RESETSTAT');
    }
  });

  it('lie in many small hashes', async () => {
    const keys = await redis.keys(`*:${definition.name}:*`);
    const lengths = await Promise.all(keys.map((key) => redis.hlen(key)));
    expect(lengths.reduce((sum, length) => sum + length)).toBe(SERIES);
    expect(Math.max(...lengths)).toBeLessThan(LONGEST_HASH);
  });

  it('divide few hashes at once', () => {
    expect(splits.reduce((sum, count) => sum + count)).toBeGreaterThan(SERIES / LONGEST_HASH);
    expect(Math.max(...splits)).toBeLessThan(MOST_SPLITS);
  });

  it('are read in many small chunks, each once', async () => {
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const chunk of store.series.read(group, definition)) {
      sizes.push(chunk.length);
      for (const { labels } of chunk) seen.add(labels);
    }
    expect(seen.size).toBe(SERIES);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(SERIES);
    expect(Math.max(...sizes)).toBeLessThan(LONGEST_CHUNK);
  });

  it('are read as text in chunks of whole lines, each once', async () => {
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const [part] of store.series.readText(group, await store.series.families(group))) {
      const chunk = part?.chunk;
      if (chunk === undefined || !('lines' in chunk)) continue;
      sizes.push(chunk.series);
      for (const lines of chunk.lines) {
        const text = Buffer.from(lines).toString();
        expect(text.endsWith('\n')).toBe(true);
        for (const line of text.split('\n').slice(0, -1)) seen.add(line);
      }
    }
    const expected = definition === counter ? SERIES : 0;
    expect(seen.size).toBe(expected);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(expected);
    expect(Math.max(0, ...sizes)).toBeLessThan(LONGEST_TEXT);
  });
});

it('reads a hundred small families in the call with which a push begins', async () => {
  const definitions = Array.from({ length: 100 }, (_, at) =>
    resolveDefinition({ name: `depth_${at}`, help: 'Depth', type: 'gauge' }),
  );
  const families = definitions.map((definition, at) => ({
    family: definition.name,
    shape: definitionShape(definition),
    updates: [{ op: 'set', labels: '', value: at } as const],
  }));
  await store.series.apply(group, { writer: 'one', sequence: 1, clear: [], definitions, families });
  const read = async (): Promise<number> => {
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0 };
    const { turn = '', begun } = await store.turns.begin(group, wish);
    let series = 0;
    for await (const parts of store.series.readText(group, begun?.families ?? [])) series += parts.length;
    await store.turns.end(group, turn);
    return series;
  };
  // Scripts that Redis does not know yet are sent twice.
  expect(await read()).toBe(100);
  await redis.config('RESETSTAT');
  expect(await read()).toBe(100);
  const stats = await redis.info('commandstats');
  const callsOf = (command: string): number =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  // It begins and ends.
  expect(callsOf('evalsha')).toBe(2);
  // What waits, the definitions, 100 series in two hashes, and the ledger.
  expect(callsOf('hgetall')).toBe(5);
  // The number of the format, twice, and the mark of starts.
  expect(callsOf('hget')).toBe(3);
});

it('holds Redis no longer for families of many hashes that have become empty', async () => {
  const buckets = 10_000;
  const names = Array.from({ length: 3 }, (_, at) => `emptied_${at}`);
  const definitions = names.map((name) => resolveDefinition({ name, help: 'Emptied', type: 'gauge', labelNames }));
  const families = definitions.map(({ name }) => ({
    family: name,
    shape: 'gauge',
    // In hashes of their own.
    mode: 'begin' as const,
    updates: [{ op: 'set', labels: 'number="1"', value: 1 } as const],
  }));
  await store.series.apply(group, { writer: 'one', sequence: 1, clear: [], definitions, families, show: families });
  const [key = ''] = await redis.keys('*families');
  for (const name of names) {
    const [generation = '', , seed = ''] = ((await redis.hget(key, `${name}#`)) ?? '').split(':');
    await redis.hset(key, `${name}#`, `${generation}:${buckets}:${seed}`);
  }
  const found: number[] = [];
  await redis.config('RESETSTAT');
  for await (const parts of store.series.readText(group, await store.series.families(group))) found.push(parts.length);
  expect(found.reduce((sum, count) => sum + count, 0)).toBe(names.length);
  const stats = await redis.info('commandstats');
  const callsOf = (command: string): number =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  expect(callsOf('hgetall')).toBeGreaterThanOrEqual(names.length * buckets);
  expect(callsOf('hgetall') / callsOf('evalsha')).toBeLessThan(LONGEST_TEXT);
});

it('reads few large values at a time, in whichever families they are', async () => {
  const wide = { help: 'Wide', type: 'histogram', buckets: Array.from({ length: 4_000 }, (_, at) => at) } as const;
  const definitions = Array.from({ length: 10 }, (_, at) => resolveDefinition({ name: `wide_${at}`, ...wide }));
  const counts = Array.from({ length: 4_001 }, () => 1);
  for (const [at, definition] of definitions.entries()) {
    const update = { op: 'observe', labels: '', counts, sum: 1 } as const;
    await store.series.apply(group, {
      writer: 'one',
      sequence: at + 1,
      clear: [],
      definitions: [definition],
      families: [{ family: definition.name, shape: definitionShape(definition), updates: [update] }],
    });
  }
  const sizes: number[] = [];
  for await (const parts of store.series.readText(group, await store.series.families(group))) sizes.push(parts.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(definitions.length);
  // 32 KB each.
  expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
});

describe('a reading that began before', () => {
  const one = (at: number): Update => ({ op: 'add', labels: `number="${at}"`, value: 1 });
  const reading = async () => {
    const families = await store.series.families(group);
    const read = async (): Promise<number> => {
      let series = 0;
      for await (const parts of store.series.readText(group, families)) {
        for (const { chunk } of parts) series += 'lines' in chunk ? chunk.series : chunk.length;
      }
      return series;
    };
    return read;
  };
  const write = (sequence: number, from: number, more: object = {}) =>
    store.series.apply(group, {
      writer: 'one',
      sequence,
      clear: [],
      definitions: [counter],
      families: [
        {
          family: 'orders_total',
          shape: 'counter',
          updates: Array.from({ length: AT_ONCE }, (_, at) => one(from + at)),
        },
      ],
      ...more,
    });

  it('a split and a clear shows what was there before both', async () => {
    await write(1, 0);
    const before = await reading();
    for (let batch = 1; batch < 5; batch += 1) await write(batch + 1, batch * AT_ONCE);
    await write(6, 0, { clear: ['orders_total'], families: [] });
    // What was counted after it began may be there too.
    expect(await before()).toBe(5 * AT_ONCE);
  });

  it.each([false, true])(
    'its family left the hash that it shared shows it whole (cleared then: %p)',
    async (isCleared) => {
      const few = { families: [{ family: 'orders_total', shape: 'counter', updates: [one(0), one(1)] }] };
      await write(1, 0, few);
      expect(await redis.keys('*series:orders_total:*')).toEqual([]);
      const before = await reading();
      for (let batch = 0; batch < 3; batch += 1) await write(batch + 2, batch * AT_ONCE);
      expect((await redis.keys('*series:orders_total:*')).length).toBeGreaterThan(1);
      if (isCleared) await write(5, 0, { clear: ['orders_total'], families: [] });
      expect(await before()).toBe(3 * AT_ONCE);
    },
  );

  it('what it reads was partly swept ends, and does not show a part', async () => {
    for (let batch = 0; batch < 5; batch += 1) await write(batch + 1, batch * AT_ONCE);
    const before = await reading();
    await write(6, 0, { clear: ['orders_total'], families: [] });
    const [key = ''] = await redis.keys('*garbage');
    const [field, entry] = Object.entries(await redis.hgetall(key))[0] as [string, string];
    const [buckets, since = ''] = entry.split(':');
    expect(await before()).toBe(5 * AT_ONCE);
    await redis.hset(key, field, `${Number(buckets) - 1}:${since}`);
    await expect(before()).rejects.toThrow('its values were replaced meanwhile');
  });
});

describe('gauges of many processes', () => {
  const PROCESSES = 60;
  const EACH = 200;
  const MOST_DROPPED = 200;
  const MOST_SHOWN = 500;
  const gauge = resolveDefinition({ name: 'open', help: 'Open', type: 'gauge', labelNames, aggregation: 'sum' });
  const names = Array.from({ length: PROCESSES }, (_, at) => `process${at}`);

  const write = async (process: string, series: number): Promise<void> => {
    await store.processes.live(group, process);
    for (let from = 0; from < series; from += AT_ONCE) {
      const updates = Array.from(
        { length: Math.min(AT_ONCE, series - from) },
        (_, at) => ({ op: 'part', labels: `number="${from + at}"`, process, value: 1 }) as const,
      );
      const families = [{ family: gauge.name, shape: definitionShape(gauge), updates }];
      const sequence = from / AT_ONCE + 1;
      await store.series.apply(group, { writer: process, sequence, clear: [], definitions: [gauge], families });
    }
  };
  const stored = async (): Promise<string[][]> => {
    const keys = await redis.keys(`*:${gauge.name}:*`);
    return Promise.all(keys.map((key) => redis.hvals(key)));
  };
  const read = async (): Promise<ReadonlyMap<string, unknown>> => {
    const seen = new Map<string, unknown>();
    for await (const chunk of store.series.read(group, gauge)) {
      for (const { labels, value } of chunk) seen.set(labels, value);
    }
    return seen;
  };

  it('a call writes, reads and removes few values, however many processes there are', async () => {
    for (const name of names) await write(name, EACH);
    const hashes = await stored();
    expect(hashes.flat()).toHaveLength(PROCESSES * EACH);
    expect(Math.max(...hashes.map((values) => values.length))).toBeLessThan(LONGEST_HASH);
    // What a process writes again is as long as its own value.
    expect(new Set(hashes.flat())).toEqual(new Set(['1']));

    // Scripts that Redis does not know yet are sent twice.
    await read();
    const client = new Redis({ port: server.port });
    const calls = jest.spyOn(
      client as Redis & { evalshaBuffer(...args: unknown[]): Promise<unknown> },
      'evalshaBuffer',
    );
    await store.close();
    store = new RedisStore(client, 'test');
    const seen = await read();
    expect(seen.size).toBe(EACH);
    expect(new Set(seen.values())).toEqual(new Set([PROCESSES]));
    const replies = await Promise.all(
      calls.mock.results.map(({ value }) => (value as Promise<unknown>).catch(() => [])),
    );
    const lines = replies.map((reply) => (reply as unknown[]).flat(9).join('').split('\n').length - 1);
    expect(lines.reduce((sum, count) => sum + count)).toBe(PROCESSES * EACH);
    expect(Math.max(...lines)).toBeLessThan(LONGEST_TEXT);

    for (const name of names.slice(1)) await store.processes.leave(group, name);
    calls.mockClear();
    for (let left = PROCESSES * EACH; left > EACH; left = (await stored()).flat().length) {
      expect(new Set((await read()).values())).toEqual(new Set([1]));
    }
    expect(Math.max(...calls.mock.calls.map((args) => args.length))).toBeLessThan(MOST_DROPPED + 10);
    client.disconnect();
  });

  it('others have a turn while many series are shown', async () => {
    await write('one', 5 * MOST_SHOWN);
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    turn();
    const turnsAt: number[] = [];
    const sizes: number[] = [];
    for await (const chunk of store.series.read(group, gauge)) {
      sizes.push(chunk.length);
      turnsAt.push(turns);
    }
    isOver = true;
    expect(sizes.reduce((sum, size) => sum + size)).toBe(5 * MOST_SHOWN);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_SHOWN);
    expect(new Set(turnsAt).size).toBe(turnsAt.length);
  });
});
