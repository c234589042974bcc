import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { definitionShape, type Group, resolveDefinition, type ResolvedDefinition } from '../../lib/model/index.js';
import type { ApplyResult, Batch, FamilyUpdates, SeriesExemplars, Update } from '../../lib/store/index.js';
import { groupKeys, instanceKeys } from '../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { failingRedis } from '../support/failing-redis.js';
import { type RunningServer, startRedis } from '../support/servers.js';

let server: RunningServer;
let client: Redis;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis({ port: server.port });
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const define = (name: string, more: object): ResolvedDefinition =>
  resolveDefinition({ name, help: 'x', type: 'counter', labelNames: ['type'], ...more });
const orders = define('orders_total', { prefetch: true });
const depth = define('depth', { type: 'gauge' });
const seconds = define('seconds', { type: 'histogram', buckets: [1, 2] });
const sizes = define('sizes', { type: 'summary', maxAgeSeconds: 10 });
const stock = define('stock', { type: 'gauge' });
const old = define('old_total', {});
/** Two that are defined as something else before. */
const [wide, high] = [define('wide', {}), define('high', {})];
const [wideBefore, highBefore] = [define('wide', { type: 'gauge' }), define('high', { type: 'gauge' })];
const young = define('young_total', { prefetch: true });
const crowd = define('crowd_total', {});

const labelsOf = (at: number): string => `type="${at}"`;
const add = (at: number, value: number): Update => ({ op: 'add', labels: labelsOf(at), value });
const family = (definition: ResolvedDefinition, ...updates: Update[]): FamilyUpdates => ({
  family: definition.name,
  shape: definitionShape(definition),
  updates,
});
const many = (length: number): Update[] => Array.from({ length }, (_, at) => add(at, 1));
const observe = (count: number): Update => ({ op: 'observe', labels: labelsOf(0), counts: [count, 0, 1], sum: 3 });
const sketch = (count: number): Update => {
  const bins = [{ slice: 7, bin: 3, count }];
  return { op: 'sketch', labels: labelsOf(0), sum: 5, count, bins, oldestSlice: 0 };
};
const traced = (at: number, trace: string): SeriesExemplars => ({
  labels: labelsOf(at),
  exemplars: [{ bucket: 0, labels: `trace_id="${trace}"`, value: 1, timeMs: 1_000 }],
});

/** What the group holds before: among it a hash that is about to be divided, and one shared by families that is full. */
const BEFORE: Partial<Batch> = {
  definitions: [orders, depth, seconds, sizes, stock, old, wideBefore, highBefore, crowd],
  show: [family(orders)],
  families: [
    { ...family(orders, ...many(128)), mode: 'begin', exemplars: [traced(0, 'a'), traced(2, 'b')] },
    family(depth, { op: 'set', labels: labelsOf(0), value: 5 }),
    family(seconds, observe(1)),
    family(sizes, sketch(1)),
    family(stock, { op: 'set', labels: labelsOf(1), value: 9 }),
    { ...family(old, add(0, 4)), exemplars: [traced(0, 'c')] },
    family(wideBefore, { op: 'set', labels: labelsOf(0), value: 2 }),
    family(highBefore, { op: 'set', labels: labelsOf(0), value: 3 }),
    family(crowd, ...many(121)),
  ],
};

const stocked = family(stock, { op: 'set', labels: labelsOf(2), value: 3 });

/** What makes a family's values stand alone. */
const inBucketOfItsOwn = (definition: ResolvedDefinition): Partial<Batch> => ({
  families: [{ ...family(definition, { op: 'set', labels: labelsOf(0), value: 5 }), mode: 'begin' }],
  show: [family(definition)],
});

/** Everything that a batch can do. */
const BATCH: Partial<Batch> = {
  sequence: 2,
  wantsNext: true,
  clear: ['old_total'],
  definitions: [young, wide, high],
  families: [
    {
      ...family(orders, add(0, 2), add(1, 0.5), add(500, 7), { op: 'remove', labels: labelsOf(2) }),
      exemplars: [traced(0, 'd'), traced(500, 'e')],
    },
    family(depth, { op: 'set', labels: labelsOf(0), value: 6 }, add(1, 2)),
    { ...family(seconds, observe(2)), exemplars: [traced(0, 'f')] },
    family(sizes, sketch(2)),
    family(young, add(0, 1)),
    { ...stocked, mode: 'begin' },
    family(wide, add(0, 4)),
    { ...family(high, add(0, 5)), mode: 'begin' },
  ],
  show: [stocked, family(high)],
};

const APPLIED = { outcome: 'applied', next: 3, beside: ['wide'] };

function batch(part: Partial<Batch>): Batch {
  return { writer: 'w', sequence: 1, clear: [], definitions: [], families: [], ...part };
}

/** All values of a group. A series at 0 counts as none: a new one that was taken back may stay so until the batch comes again. */
async function valuesOf(store: RedisStore, group: Group): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { definition, generation } of await store.series.families(group)) {
    values[definition.name] = definitionShape(definition);
    for await (const chunk of store.series.read(group, definition, { generation, exemplars: true })) {
      for (const { labels, value, exemplars: [exemplar] = [] } of chunk) {
        if (value !== 0) values[`${definition.name}{${labels}`] = value;
        if (exemplar) values[`exemplar of ${definition.name}{${labels}`] = exemplar.labels;
      }
    }
  }
  for await (const chunk of store.series.read(group, wide)) {
    for (const { labels, value } of chunk) if (value !== 0) values[`beside: wide{${labels}`] = value;
  }
  return values;
}

async function prepare(notesNew: boolean) {
  const group: Group = { job: randomUUID(), instance: 'i', labels: {} };
  const options = { notesNew };
  const store = new RedisStore(client, 'test', options);
  await store.series.apply(group, batch(BEFORE));
  await store.series.restore(group, orders, []);
  const before = await valuesOf(store, group);
  const send = async (through: Redis, what = BATCH): Promise<ApplyResult | Error> => {
    const result = new RedisStore(through, 'test', options).series.apply(group, batch(what));
    return result.catch((error: unknown) => error as Error);
  };
  return { group, store, before, send };
}

describe('a batch of which a command fails', () => {
  it.each([false, true])('is applied whole or not at all, whichever it is (announced: %p)', async (notesNew) => {
    const whole = await prepare(notesNew);
    expect(await whole.send(client)).toEqual(APPLIED);
    const after = await valuesOf(whole.store, whole.group);
    expect(after).toMatchObject({
      [`orders_total{${labelsOf(0)}`]: 3,
      [`orders_total{${labelsOf(500)}`]: 7,
      [`depth{${labelsOf(0)}`]: 6,
      [`stock{${labelsOf(2)}`]: 3,
      [`young_total{${labelsOf(0)}`]: 1,
      [`wide{${labelsOf(0)}`]: 2,
      [`beside: wide{${labelsOf(0)}`]: 4,
      [`high{${labelsOf(0)}`]: 5,
      high: 'counter',
      [`exemplar of orders_total{${labelsOf(0)}`]: 'trace_id="d"',
      [`exemplar of orders_total{${labelsOf(500)}`]: 'trace_id="e"',
      [`exemplar of seconds{${labelsOf(0)}`]: 'trace_id="f"',
    });
    expect(Object.keys(after).filter((name) => name.startsWith('exemplar'))).toHaveLength(3);
    expect(Object.keys(after)).not.toContain('old_total');

    const seen: unknown[] = [];
    const expected: unknown[] = [];
    let failed = 0;
    for (let at = 1; at <= failed + 8; at += at < 60 ? 1 : 7) {
      const { group, store, before, send } = await prepare(notesNew);
      const result = await send(failingRedis(client, at));
      const isRefused = result instanceof Error;
      if (isRefused) failed = at;
      seen.push([at, isRefused ? result.message.includes('injected') : result, await valuesOf(store, group)]);
      // What fails after everything is done only cleans up.
      expected.push(isRefused ? [at, true, before] : [at, APPLIED, after]);
      seen.push([at, await send(client), await valuesOf(store, group)]);
      expected.push([at, isRefused ? APPLIED : { outcome: 'seen' }, after]);
    }
    expect(seen).toEqual(expected);
    expect(failed).toBeGreaterThan(50);
  });

  it.each(['a group with values', 'a group that is not there yet'])('clears %s whole or not at all', async (which) => {
    const isThere = which === 'a group with values';
    const clearing: Partial<Batch> = {
      ...{ writer: 'v', clear: 'all', definitions: [orders, depth] },
      families: [family(orders, add(7, 4)), family(depth, add(0, 1))],
    };
    const begin = async () => {
      const { group, store, send } = await prepare(false);
      if (isThere) return { group, store, send };
      const fresh: Group = { ...group, job: randomUUID() };
      const through = (client: Redis, what?: Partial<Batch>): Promise<ApplyResult | Error> =>
        new RedisStore(client, 'test').series.apply(fresh, batch(what ?? {})).catch((error: unknown) => error as Error);
      return { group: fresh, store, send: through };
    };
    /** All keys of the group but those of values, with what they hold. */
    const keysOf = async (group: Group): Promise<Record<string, unknown>> => {
      const [, base] = groupKeys('test', group);
      const names = ['families', 'layouts', 'shapes', 'restore', 'garbage'].flatMap((name) => [name, `${name}:aside`]);
      const held = await Promise.all(names.map((name) => client.hgetall(base + name)));
      return Object.fromEntries(names.map((name, at) => [name, held[at]]));
    };
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    const after = {
      orders_total: 'counter',
      [`orders_total{${labelsOf(7)}`]: 4,
      depth: 'gauge',
      [`depth{${labelsOf(0)}`]: 1,
    };
    let failed = 0;
    for (let at = 1; at <= failed + 8; at += 1) {
      const { group, store, send } = await begin();
      const before = await keysOf(group);
      const result = await send(failingRedis(client, at), clearing);
      if (!(result instanceof Error)) continue;
      failed = at;
      seen.push([at, await keysOf(group)], await send(client, clearing), await valuesOf(store, group));
      expected.push([at, before], { outcome: 'applied' }, after);
    }
    expect(seen).toEqual(expected);
    expect(failed).toBeGreaterThan(15);
  });

  it('says so when it cannot even be taken back, and is never counted as stored', async () => {
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    const outcomes = new Set<string>();
    for (let at = 1; at < 80; at += 3) {
      const { group, store, before, send } = await prepare(false);
      const result = await send(failingRedis(client, at, true));
      const outcome = result instanceof Error ? 'refused' : result.outcome;
      outcomes.add(outcome);
      const isWhole = JSON.stringify(await valuesOf(store, group)) === JSON.stringify(before);
      const again = await send(client);
      const isTold = outcome === 'torn' || (isWhole && !(again instanceof Error) && again.outcome === 'applied');
      seen.push([at, isTold]);
      expected.push([at, true]);
    }
    expect(seen).toEqual(expected);
    expect([...outcomes].sort()).toEqual(['refused', 'torn']);
  });

  it('names the family whose key somebody else has written, and leaves the others alone', async () => {
    const { group, store, send } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await send(client, { writer: 'other', ...inBucketOfItsOwn(depth) });
    const layout = (await client.hget(`${base}families`, 'depth#')) as string;
    await client.set(`${base}series:depth:${layout.split(':')[0] as string}:0`, 'not a hash');
    const both = { sequence: 2, families: [family(orders, add(0, 2)), family(depth, add(0, 1))] };
    expect(await send(client, both)).toMatchObject({ outcome: 'failed', family: 'depth' });
    expect(await send(client, { sequence: 2, families: [family(orders, add(0, 2))] })).toEqual({ outcome: 'applied' });
    await client.del(`${base}series:depth:${layout.split(':')[0] as string}:0`);
    expect((await valuesOf(store, group))[`orders_total{${labelsOf(0)}`]).toBe(3);
  });
});

describe('a batch that fails', () => {
  it('is taken back whole also where something was added that changes nothing', async () => {
    const { group, store, before, send } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await send(client, { writer: 'other', ...inBucketOfItsOwn(depth) });
    const layout = (await client.hget(`${base}families`, 'depth#')) as string;
    await client.set(`${base}series:depth:${layout.split(':')[0] as string}:0`, 'not a hash');
    const nothing = family(orders, add(0, 0), add(700, 0));
    const all = { sequence: 2, families: [nothing, family(old, add(0, 5)), family(depth, add(0, 1))] };
    expect(await send(client, all)).toMatchObject({ outcome: 'failed', family: 'depth' });
    const rest = { sequence: 2, families: [nothing, family(old, add(0, 5))] };
    expect(await send(client, rest)).toEqual({ outcome: 'applied' });
    await client.del(`${base}series:depth:${layout.split(':')[0] as string}:0`);
    const after = await valuesOf(store, group);
    expect(after[`old_total{${labelsOf(0)}`]).toBe(9);
    expect(after[`orders_total{${labelsOf(0)}`]).toBe(before[`orders_total{${labelsOf(0)}`]);
  });

  it('takes no note away that a series was being announced', async () => {
    const { group, send } = await prepare(true);
    const [, base] = groupKeys('test', group);
    await send(client, { writer: 'other', ...inBucketOfItsOwn(depth) });
    const layout = (await client.hget(`${base}families`, 'depth#')) as string;
    await client.set(`${base}series:depth:${layout.split(':')[0] as string}:0`, 'not a hash');
    const note = `old_total{${labelsOf(0)}`;
    const since = await client.zscore(`${base}new`, note);
    expect(since).not.toBeNull();
    const again = family(old, { op: 'remove', labels: labelsOf(0) }, add(0, 1));
    const refused = await send(client, { sequence: 2, families: [again, family(depth, add(0, 1))] });
    expect(refused).toMatchObject({ outcome: 'failed' });
    expect(await client.zscore(`${base}new`, note)).toBe(since);
  });
});

describe('hashes that families share', () => {
  const callsOf = async (command: string): Promise<number> => {
    const stats = await client.info('commandstats');
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  };

  it('are looked through four times in a call at the most, however many families outgrow them', async () => {
    const { group, store } = await prepare(false);
    const families = Array.from({ length: 200 }, (_, at) => define(`small_${at}`, {}));
    const writer = 'crowd';
    for (let series = 0; series < 6; series += 1) {
      await client.config('RESETSTAT');
      const counted = families.map((definition) => family(definition, add(series, series + 1)));
      const sent = batch({ writer, sequence: series + 1, definitions: families, families: counted });
      expect(await store.series.apply(group, sent)).toEqual({ outcome: 'applied' });
      expect(await callsOf('hgetall')).toBeLessThanOrEqual(4);
    }
    const values = await valuesOf(store, group);
    const expected = families.flatMap(({ name }) =>
      Array.from({ length: 6 }, (_, series) => [`${name}{${labelsOf(series)}`, series + 1]),
    );
    expect(values).toMatchObject(Object.fromEntries(expected));
    const layouts = await client.hmget(
      `${groupKeys('test', group)[1]}families`,
      ...families.map(({ name }) => `${name}#`),
    );
    expect(layouts.filter((layout) => /^\d+:1:/.test(layout ?? '')).length).toBeGreaterThan(100);
  });

  it('are left by four families in a call at the most, however many have outgrown theirs', async () => {
    const { group, store } = await prepare(false);
    const families = Array.from({ length: 8 }, (_, at) => define(`medium_${at}`, {}));
    const writer = 'medium';
    let sequence = 0;
    const count = async (...updates: Update[]): Promise<number> => {
      sequence += 1;
      await client.config('RESETSTAT');
      const counted = families.map((definition) => family(definition, ...updates));
      const sent = batch({ writer, sequence, definitions: families, families: counted });
      expect(await store.series.apply(group, sent)).toEqual({ outcome: 'applied' });
      return callsOf('hgetall');
    };
    // One after the other: each finds the shelf before it taken.
    for (const definition of families) {
      sequence += 1;
      const sent = batch({ writer, sequence, definitions: [definition], families: [family(definition, ...many(100))] });
      await store.series.apply(group, sent);
    }
    await count(...many(128).slice(100));
    // The third time their own hashes are divided.
    expect([await count(add(128, 1)), await count(add(129, 1)), await count(add(130, 1))]).toEqual([4, 4, 4]);
    const values = Object.keys(await valuesOf(store, group)).filter((name) => /^medium_\d\{/.test(name));
    expect(values).toHaveLength(8 * 131);
  });

  it('keep nothing large', async () => {
    const { group, store, send } = await prepare(false);
    const [, base] = groupKeys('test', group);
    const long = `type="${'x'.repeat(600)}"`;
    await send(client, { sequence: 2, families: [family(old, { op: 'add', labels: long, value: 3 })] });
    expect(await client.hget(`${base}families`, 'old_total#')).toMatch(/^\d+:1:/);
    expect(await valuesOf(store, group)).toMatchObject({ [`old_total{${long}`]: 3, [`old_total{${labelsOf(0)}`]: 4 });
    const buckets = Array.from({ length: 200 }, (_, at) => at);
    const fat = define('fat', { type: 'histogram', buckets });
    const observation: Update = { op: 'observe', labels: '', counts: [...buckets, 1], sum: 1 };
    await send(client, { sequence: 3, definitions: [fat], families: [family(fat, observation)] });
    expect(await client.hget(`${base}families`, 'fat#')).toMatch(/^\d+:1:/);
  });

  it('are swept some at a time', async () => {
    const { group, store } = await prepare(false);
    const [, base] = groupKeys('test', group);
    const families = Array.from({ length: 150 }, (_, at) => define(`small_${at}`, {}));
    const counted = families.map((definition) => family(definition, add(0, 1)));
    const writer = 'clearer';
    await store.series.apply(group, batch({ writer, definitions: families, families: counted }));
    await store.series.apply(group, batch({ writer, sequence: 2, clear: families.map(({ name }) => name) }));
    for (const [id, entry] of Object.entries(await client.hgetall(`${base}garbage`))) {
      await client.hset(`${base}garbage`, id, entry.replace(/:\d+/, ':1000'));
    }
    await store.series.families(group);
    await client.config('RESETSTAT');
    await store.series.sweep(group);
    expect(await callsOf('hkeys')).toBe(150);
    expect((await callsOf('hkeys')) / (await callsOf('evalsha'))).toBeLessThanOrEqual(50);
    expect(await client.exists(`${base}garbage`)).toBe(0);
  });
});

describe('a turn that begins a push', () => {
  it('is given back if what is stored cannot be read', async () => {
    const { group, store } = await prepare(false);
    await client.hset(groupKeys('test', group)[0], 'broken_total', 'counter\nnot JSON');
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0 };
    await expect(store.turns.begin(group, wish)).rejects.toThrow();
    await client.hdel(groupKeys('test', group)[0], 'broken_total');
    expect((await store.turns.begin(group, wish)).turn).toEqual(expect.any(String));
  });
});

describe('a part of the keys that is lost', () => {
  it.each(['families', 'layouts', 'writers', 'seen', 'restore'])('%s: no value is restored over', async (name) => {
    const { group, store } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await client.del(`${base}${name}`);
    const counted = {
      definitions: [orders, depth, seconds, sizes, stock, old, wideBefore, highBefore, crowd],
      families: [family(orders, add(0, 10)), family(crowd, add(0, 10))],
    };
    await store.series.apply(group, batch({ ...counted, writer: 'another' }));
    await store.series.restore(group, orders, [
      { labels: labelsOf(0), value: 1 },
      { labels: labelsOf(1), value: 1 },
      { labels: labelsOf(900), value: 4 },
    ]);
    const values = await valuesOf(store, group);
    expect([values[`orders_total{${labelsOf(0)}`], values[`orders_total{${labelsOf(1)}`]]).toEqual([11, 1]);
    expect([values[`crowd_total{${labelsOf(0)}`], values[`crowd_total{${labelsOf(1)}`]]).toEqual([11, 1]);
    expect(Object.keys(values).filter((key) => key.startsWith('orders_total{')).length).toBeGreaterThanOrEqual(128);
  });
});

describe('labels that somebody chooses', () => {
  it('do not fill one bucket: the hash has a seed', async () => {
    const { createHash } = await import('node:crypto');
    const crafted: string[] = [];
    for (let at = 0; crafted.length < 1_500; at += 1) {
      const sha = createHash('sha1').update(labelsOf(at)).digest();
      if ((sha.readUInt32BE(0) & 15) === 0) crafted.push(labelsOf(at));
    }
    const { group, store } = await prepare(false);
    const writer = 'crafty';
    for (let at = 0; at < crafted.length; at += 100) {
      const updates = crafted.slice(at, at + 100).map((labels): Update => ({ op: 'add', labels, value: 1 }));
      await store.series.apply(group, batch({ writer, sequence: at / 100 + 1, families: [family(old, ...updates)] }));
    }
    const [, base] = groupKeys('test', group);
    const [generation, count] = ((await client.hget(`${base}families`, 'old_total#')) as string).split(':');
    const sizes = await Promise.all(
      Array.from({ length: Number(count) }, (_, at) =>
        client.hlen(`${base}series:old_total:${generation as string}:${at}`),
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(1_500);
    expect(Math.max(...sizes)).toBeLessThan(300);
  });

  it('and histograms of 20,000 buckets can be added to', async () => {
    const huge = define('huge', { type: 'histogram', buckets: Array.from({ length: 20_000 }, (_, at) => at) });
    const { group, store } = await prepare(false);
    const counts = Array.from({ length: 20_001 }, () => 1);
    const update: Update = { op: 'observe', labels: labelsOf(0), counts, sum: 2 };
    for (const sequence of [1, 2]) {
      const sent = batch({ writer: 'h', sequence, definitions: [huge], families: [family(huge, update)] });
      expect(await store.series.apply(group, sent)).toEqual({ outcome: 'applied' });
    }
    const values = (await valuesOf(store, group))[`huge{${labelsOf(0)}`] as { counts: number[]; sum: number };
    expect([new Set(values.counts), values.counts.length, values.sum]).toEqual([new Set([2]), 20_001, 4]);
  });
});

describe('clearing', () => {
  it('takes few commands, however many families there are', async () => {
    const { group, store } = await prepare(false);
    const families = Array.from({ length: 300 }, (_, at) => define(`family_${at}`, {}));
    const writer = 'clearer';
    const counted = families.map((definition) => family(definition, add(0, 1)));
    await store.series.apply(group, batch({ writer, definitions: families, families: counted }));
    await client.config('RESETSTAT');
    expect(await store.series.apply(group, batch({ writer, sequence: 2, clear: 'all' }))).toEqual({
      outcome: 'applied',
    });
    const stats = await client.info('commandstats');
    const calls = [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(calls).toBeLessThan(60);
    expect(await valuesOf(store, group)).toEqual({});
    const garbage = await client.hgetall(`${groupKeys('test', group)[1]}garbage`);
    const shelves = Object.entries(garbage).filter(([name]) => name.startsWith('#:'));
    expect(shelves).toEqual([[expect.any(String), expect.stringMatching(/^[56]:/)]]);
  });
});

describe('what a replaced generation leaves', () => {
  it('is taken from the hash that it shares with other families', async () => {
    const { group, store, send } = await prepare(false);
    const [, base] = groupKeys('test', group);
    const families = await store.series.families(group);
    const fieldsOf = async (name: string): Promise<string[]> => {
      const shelves = await client.keys(`${base.replaceAll(/[{}]/g, '?')}series:#:*`);
      const fields = await Promise.all(shelves.map((shelf) => client.hkeys(shelf)));
      return fields.flat().filter((field) => field.startsWith(`${name}:`));
    };
    await send(client, { sequence: 2, clear: ['old_total'], definitions: [old], families: [family(old, add(7, 7))] });
    // Until it is swept a reading that began before shows it as it was.
    expect(await valuesOf(store, group)).toMatchObject({ [`old_total{${labelsOf(7)}`]: 7 });
    const before = families.filter(({ definition }) => definition.name === 'old_total');
    const lines: string[] = [];
    for await (const parts of store.series.readText(group, before)) {
      for (const { chunk } of parts) lines.push(String('lines' in chunk ? Buffer.concat(chunk.lines) : ''));
    }
    expect(lines).toEqual([`old_total{${labelsOf(0)}} 4\n`]);
    expect(await fieldsOf('old_total')).toHaveLength(2);
    const exemplars = () => client.keys(`${base.replaceAll(/[{}]/g, '?')}exemplars:old_total:*`);
    expect(await exemplars()).toHaveLength(1);

    const [[id, entry] = ['', '']] = Object.entries(await client.hgetall(`${base}garbage`));
    await client.hset(`${base}garbage`, id, entry.replace(/:\d+/, ':1000'));
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.exists(`${base}garbage`)).toBe(0);
    expect(await fieldsOf('old_total')).toEqual([expect.stringContaining(labelsOf(7))]);
    expect(await exemplars()).toEqual([]);
    expect((await client.hkeys(`${base}families`)).filter((field) => field.startsWith('#exemplars:old_total'))).toEqual(
      [],
    );
    expect(await valuesOf(store, group)).toMatchObject({ [`old_total{${labelsOf(7)}`]: 7 });
    const text = store.series.readText(group, before);
    await expect(text.next()).rejects.toThrow('its values were replaced meanwhile');
  });

  it('is unlinked once no reading can need it', async () => {
    const { group, store } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await store.series.apply(
      group,
      batch({ writer: 'v', families: [{ ...family(orders), mode: 'begin' }], show: [family(orders)] }),
    );
    const left = await client.keys(`${base.replaceAll(/[{}]/g, '?')}series:orders_total:*`);
    expect(left.length).toBeGreaterThan(0);
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.hlen(`${base}garbage`)).toBe(1);
    const [id, entry] = Object.entries(await client.hgetall(`${base}garbage`))[0] as [string, string];
    await client.hset(`${base}garbage`, id, entry.replace(/:\d+/, ':1000'));
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.exists(`${base}garbage`)).toBe(0);
    expect(await client.keys(`${base.replaceAll(/[{}]/g, '?')}*:orders_total:*`)).toEqual([]);
  });
});

describe('times that the clock of Redis has not reached', () => {
  const AHEAD = Date.now() + 8 * 24 * 3_600_000;

  it('hold up no scheduled push, and nothing that is announced', async () => {
    const { group, store, send } = await prepare(true);
    const [, base] = groupKeys('test', group);
    await client.set(`${base}pushed`, AHEAD);
    const { now, lastPushedAt, turn = '' } = await store.turns.take(group, 1_000);
    expect(lastPushedAt).toBe(now);
    expect(Number(await client.get(`${base}pushed`))).toBe(now);
    await send(client);
    await client.zadd(`${base}new`, AHEAD, `orders_total{${labelsOf(0)}`);
    await client.zadd(`${base}shown`, AHEAD, AHEAD);
    await store.announcements.release(group, 10);
    expect(await client.zcount(`${base}new`, Date.now() + 60_000, '+inf')).toBe(0);
    expect(await client.zcard(`${base}shown`)).toBe(0);
    await store.turns.end(group, turn);
  });

  it('forget no living writer, and keep no family waiting', async () => {
    const { group, store } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await client.zadd(`${base}seen`, Date.now() - 30 * 24 * 3_600_000, 'w');
    await store.series.number(group, 'another', 0);
    expect(await store.series.apply(group, batch(BEFORE))).toEqual({ outcome: 'seen' });
    await client.hset(`${base}restore`, 'orders_total', AHEAD);
    expect((await store.series.restoring(group)).get('orders_total')).toBe(0);
  });
});

describe('a clock of Redis that has jumped ahead', () => {
  const JUMP_MS = 8 * 24 * 3_600_000;
  const HOUR_MS = 3_600_000;

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Everything that was noted before the jump; the clocks of processes have not jumped. */
  async function jump(base: string): Promise<void> {
    const before = Date.now() - JUMP_MS;
    jest.spyOn(Date, 'now').mockReturnValue(before + 1_000);
    const [, instances] = instanceKeys('test');
    for (const key of [`${base}seen`, `${instances}groups`]) {
      for (const member of await client.zrange(key, '0', '-1')) await client.zadd(key, before, member);
    }
    for (const field of await client.hkeys(`${base}shapes`)) await client.hset(`${base}shapes`, field, `${before}:0`);
  }

  it('makes no living group one that nobody counts for any more', async () => {
    const { group, store } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await store.signsOfLife.beat({ process: 'p', groups: [group], gateways: [], isWatched: true });
    const { turn = '' } = await store.turns.take(group, 60_000);
    await jump(base);
    expect(await store.signsOfLife.silentGroups(HOUR_MS)).not.toContainEqual(group);
    expect(await store.removal.isQuiet(group, turn, HOUR_MS)).toBe(false);
    expect(await store.removal.removeGroup(group, turn, HOUR_MS)).toBe(false);
    expect(await store.series.definitions(group)).not.toEqual([]);

    // Time that all clocks have seen go by.
    jest.restoreAllMocks();
    expect(await store.signsOfLife.silentGroups(HOUR_MS)).toContainEqual(group);
    expect(await store.removal.isQuiet(group, turn, HOUR_MS)).toBe(true);
  });

  it('takes nothing from a reading that goes on with what was replaced', async () => {
    const { group, store, send } = await prepare(false);
    const [, base] = groupKeys('test', group);
    await send(client, { sequence: 2, clear: ['orders_total'] });
    const garbage = Object.entries(await client.hgetall(`${base}garbage`));
    expect(garbage).not.toEqual([]);
    for (const [field, text] of garbage) {
      await client.hset(`${base}garbage`, field, text.replace(/:\d+/, `:${Date.now() - JUMP_MS}`));
    }
    await jump(base);
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.hlen(`${base}garbage`)).toBe(garbage.length);
    jest.restoreAllMocks();
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.exists(`${base}garbage`)).toBe(0);
  });

  it('takes no shape from a living process, and forgets none that waits', async () => {
    const { group, store, send } = await prepare(false);
    expect(await send(client)).toEqual(APPLIED);
    const [, base] = groupKeys('test', group);
    const waiting = await store.shapes.contested(group);
    expect(waiting).not.toEqual([]);
    await jump(base);
    expect(await store.shapes.settle(group, 40_000, [])).toEqual(waiting);
    jest.restoreAllMocks();
    expect(await store.shapes.settle(group, 40_000, [])).not.toEqual(waiting);
  });
});

describe('a Redis user who may not run every command', () => {
  it.each(['time', 'hset', 'zadd', 'hlen'])(
    '%s: nothing is stored, and all of it once it is allowed',
    async (command) => {
      const admin = new Redis({ port: server.port });
      const user = `user-${command}`;
      await admin.call('ACL', 'SETUSER', user, 'on', '>secret', '~*', '+@all', '-@dangerous', '+info', `-${command}`);
      const limited = new Redis({ port: server.port, username: user, password: 'secret' });
      try {
        const { group, store, before } = await prepare(false);
        const through = new RedisStore(limited, 'test');
        const sent = batch({ ...BATCH, writer: 'w' });
        await expect(through.series.apply(group, sent)).rejects.toThrow(`does not let user "${user}" run ${command}`);
        expect(await valuesOf(store, group)).toEqual(before);
        await admin.call('ACL', 'SETUSER', user, `+${command}`);
        expect(await through.series.apply(group, sent)).toEqual(APPLIED);
        expect(await valuesOf(store, group)).toMatchObject({ [`orders_total{${labelsOf(0)}`]: 3 });
      } finally {
        limited.disconnect();
        admin.disconnect();
      }
    },
  );
});
