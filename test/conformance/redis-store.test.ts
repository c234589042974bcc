import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { definitionShape, type Group, resolveDefinition } from '../../lib/model/index.js';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { startRedis, type RunningServer } from '../support/servers.js';
import { describeAnnouncements, describeSharedAnnouncements } from './announcements.conformance.js';
import { describeExemplars, exemplar, exemplarWriter, shownExemplars } from './exemplars.conformance.js';
import { describeNativeHistograms } from './native.conformance.js';
import { describeProcesses } from './processes.conformance.js';
import { describeShapes } from './shapes.conformance.js';
import { aMomentLater, describeStarts, push, writer } from './starts.conformance.js';
import { describeStore } from './store.conformance.js';
import { writeFormat } from './write-format.js';

let redis: RunningServer;
const clients: Redis[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await redis.stop();
});

const ttl = (seriesTtlMs?: number) => (seriesTtlMs === undefined ? {} : { seriesTtlMs });

/** A client of the test's own. */
function connect(options: object = {}): Redis {
  const client = new Redis({ port: redis.port, ...options });
  clients.push(client);
  return client;
}

describeStore('RedisStore', {
  create: (seriesTtlMs) => new RedisStore(redis.address, 'test', ttl(seriesTtlMs)),
  writeFormat: (group, format) => writeFormat(connect(), group, format),
});

describeStore("RedisStore with a client of the user's that prefixes keys and maps replies", {
  create: (seriesTtlMs) =>
    new RedisStore(connect({ keyPrefix: 'mine:', replyMapping: 'resp3' }), 'test', ttl(seriesTtlMs)),
  writeFormat: (group, format) => writeFormat(connect({ keyPrefix: 'mine:' }), group, format),
});

describeStarts('RedisStore', (seriesTtlMs) => new RedisStore(redis.address, 'test', ttl(seriesTtlMs)));

describeExemplars('RedisStore', (options = {}) => new RedisStore(redis.address, 'test', options));

describe('RedisStore: exemplars', () => {
  const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
  const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
  const update = { op: 'add', labels: 'type="blue"', value: 1 } as const;
  const exemplars = { 'type="blue"': [exemplar('a', 1_000)] };
  let store: RedisStore;
  let group: Group;
  const keys = () => connect().keys(`${groupKeys('test', group)[1].replaceAll(/[{}]/g, '?')}*`);

  beforeEach(() => {
    store = new RedisStore(redis.address, 'test');
    group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
  });
  afterEach(() => store.close());

  it('are gone with their group, whether its families share hashes, were cleared or replaced', async () => {
    const on = exemplarWriter(store, group);
    await on.write(counter, { updates: [update], exemplars });
    await on.written({ clear: 'all' });
    await on.write(counter, { updates: [update], exemplars });
    await on.replace(counter, { updates: [update], exemplars });
    const observed = { op: 'observe', labels: '', counts: [1, 0, 1], sum: 3 } as const;
    await on.write(histogram, { updates: [observed], exemplars: { '': [exemplar('b', 1_000)] } });
    expect((await keys()).filter((key) => key.includes(':exemplars:'))).toHaveLength(4);
    await aMomentLater(store, group);
    const { turn = '' } = await store.turns.take(group, 60_000);
    expect(await store.removal.removeGroup(group, turn, 1)).toBe(true);
    expect(await keys()).toEqual([]);
  });

  it('that somebody else has written over are left out: what was counted counts', async () => {
    const on = exemplarWriter(store, group);
    await on.write(counter, { updates: [update], exemplars });
    const [key = ''] = (await keys()).filter((name) => name.includes(':exemplars:'));
    await connect().set(key, 'not a hash');
    await on.write(counter, { updates: [update], exemplars });
    expect(await shownExemplars(store, group)).toEqual({});
    await connect().del(key);
    await on.write(counter, { updates: [update], exemplars });
    expect(await shownExemplars(store, group)).toEqual({ 'orders_total{type="blue"': exemplars['type="blue"'] });
  });
});

describe('RedisStore: starts that are lost', () => {
  const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
  const other = resolveDefinition({ name: 'kept_total', help: 'Kept', type: 'counter', labelNames: ['type'] });
  const add = (type: string) => ({ op: 'add', labels: `type="${type}"`, value: 1 }) as const;
  let store: RedisStore;
  let group: Group;
  const started = () => `${groupKeys('test', group)[1]}started`;

  beforeEach(() => {
    store = new RedisStore(redis.address, 'test');
    group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
  });
  afterEach(() => store.close());

  it('are unknown for good, since another start would be taken for a reset; what is new begins as ever', async () => {
    const on = writer(store, group);
    await on.write(counter, add('blue'));
    await push(store, group);
    expect(await connect().del(started())).toBe(1);
    await aMomentLater(store, group);
    const second = await push(store, group);
    expect(second.starts).toEqual({ 'orders_total{type="blue"': 0 });
    await aMomentLater(store, group);
    await on.write(counter, add('red'));
    await on.write(other, add('a'));
    const third = await push(store, group);
    const { at } = third;
    expect(third.starts).toEqual({ ...second.starts, 'orders_total{type="red"': at, 'kept_total{type="a"': at });
  });

  it('are unknown of what is there when Redis turns out to be older than it was', async () => {
    const on = writer(store, group);
    await on.write(counter, add('blue'));
    const { now } = await store.turns.take(group, 1);
    await aMomentLater(store, group);
    const first = await push(store, group, { knownPushAt: now });
    expect(first.starts).toEqual({ 'orders_total{type="blue"': 0 });
    await aMomentLater(store, group);
    await on.write(counter, add('red'));
    const second = await push(store, group, { knownPushAt: now });
    expect(second.starts).toEqual({ ...first.starts, 'orders_total{type="red"': second.at });
  });

  /** A push that does not ask for starts, as one that sends text. */
  const pushWithout = async () => {
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0 };
    const { turn = '', now } = await store.turns.begin(group, wish);
    await store.turns.end(group, turn, now, 'none');
  };

  it('are unknown of what a push has shown without noting them', async () => {
    const on = writer(store, group);
    await on.write(counter, add('blue'));
    const first = await push(store, group);
    await on.write(counter, add('red'));
    await pushWithout();
    await aMomentLater(store, group);
    const second = await push(store, group);
    expect(second.starts).toEqual({ ...first.starts, 'orders_total{type="red"': 0 });
    await aMomentLater(store, group);
    await on.write(counter, add('green'));
    const third = await push(store, group);
    expect(third.starts).toEqual({ ...second.starts, 'orders_total{type="green"': third.at });
  });

  it('are unknown where no push has succeeded that replaces all', async () => {
    const on = writer(store, group);
    await on.write(counter, add('blue'));
    await push(store, group, { succeeds: false });
    expect(await connect().del(started())).toBe(1);
    await aMomentLater(store, group);
    expect((await push(store, group)).starts).toEqual({ 'orders_total{type="blue"': 0 });
  });

  it('that are lost during a push are not taken for found when it ends', async () => {
    const on = writer(store, group);
    const client = connect();
    await on.write(counter, add('blue'));
    await push(store, group);
    await client.del(started());
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0, withStarts: true };
    const { turn = '', now, begun } = await store.turns.begin(group, wish);
    // As after a failover meanwhile.
    const lost = String(Date.now() + 1);
    await client.del(started());
    await client.hset(started(), '#', lost);
    await store.turns.end(group, turn, now, begun?.starts);
    expect(await client.hget(started(), '#')).toBe(lost);
  });

  it('are noted only in a turn: when it is over, so is the reading', async () => {
    const on = writer(store, group);
    await on.write(counter, ...Array.from({ length: 150 }, (_, type) => add(String(type))));
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0, withStarts: true };
    const { turn = '', now, begun } = await store.turns.begin(group, wish);
    if (begun?.starts === undefined) throw new Error('No starts');
    await store.turns.end(group, turn);
    const { starts } = begun;
    const read = async () => {
      for await (const _ of store.series.readText(group, begun.families, { starts }));
    };
    await expect(read()).rejects.toThrow('another process may have taken over');
    expect(await connect().hkeys(started())).toEqual(['#']);
    // A push that has lost its turn may have noted what is lost by now.
    await store.turns.end(group, turn, now);
    expect(Number(await connect().hget(started(), '#'))).toBeGreaterThanOrEqual(now);
  });

  it('that cannot be noted let the push fail', async () => {
    const on = writer(store, group);
    const client = connect();
    await on.write(counter, ...Array.from({ length: 150 }, (_, type) => add(String(type))));
    const wish = { ttlMs: 60_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0, withStarts: true };
    const { turn = '', begun } = await store.turns.begin(group, wish);
    if (begun?.starts === undefined) throw new Error('No starts');
    const { starts } = begun;
    await client.config('SET', 'maxmemory', '1');
    try {
      const read = async () => {
        for await (const _ of store.series.readText(group, begun.families, { starts }));
      };
      await expect(read()).rejects.toThrow('OOM');
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
    await store.turns.end(group, turn);
    const { at, starts: found } = await push(store, group);
    expect(new Set(Object.values(found))).toEqual(new Set([at]));
  });

  it('do not pile up where hashes are gone without a word', async () => {
    const on = writer(store, group);
    const client = connect();
    const keys = async () => (await client.keys(`${groupKeys('test', group)[1]}series:*`)) as [string, ...string[]];
    const some = (count: number, name: string) => Array.from({ length: count }, (_, type) => add(`${name} ${type}`));
    for (let at = 0; at < 5; at += 1) {
      await on.write(counter, ...some(10 + at, String(at)));
      await push(store, group);
      await client.del(...(await keys()));
    }
    await on.write(counter, ...some(9, 'last'));
    const { at, starts } = await push(store, group);
    expect(new Set(Object.values(starts))).toEqual(new Set([at]));
    const [shelf = ''] = (await client.hkeys(started())).filter((name) => name !== '#');
    expect(await client.hstrlen(started(), shelf)).toBe(9 * 9);
  });

  it('leave nothing behind when their series are swept', async () => {
    const on = writer(store, group);
    const client = connect();
    for (let at = 0; at < 3; at += 1) {
      await on.write(counter, ...Array.from({ length: 150 }, (_, type) => add(`${at} ${type}`)));
      await on.write(other, add('a'), add('b'));
      await push(store, group);
    }
    expect(await client.hlen(started())).toBeGreaterThan(3);
    await on.apply({ clear: [counter.name, other.name] });
    const garbage = `${groupKeys('test', group)[1]}garbage`;
    for (const [field, value] of Object.entries(await client.hgetall(garbage))) {
      await client.hset(garbage, field, value.replace(/^(\d+):\d+/, '$1:1'));
    }
    await store.series.families(group);
    await store.series.sweep(group);
    expect(await client.hlen(garbage)).toBe(0);
    expect(await client.hkeys(started())).toEqual(['#']);
  });
});

describeNativeHistograms('RedisStore', () => new RedisStore(redis.address, 'test'));
describeProcesses('RedisStore', () => {
  const silence = async (group: Group, process: string, ms: number): Promise<void> => {
    const at = String(Date.now() - ms);
    await connect().zadd(`${groupKeys('test', group)[1]}processes`, at, process, at, '#since');
  };
  return { store: new RedisStore(redis.address, 'test'), times: { silence } };
});
describe('RedisStore: values of processes that were lost', () => {
  const wish = { ttlMs: 1_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0 };
  let store: RedisStore;
  let group: Group;
  beforeEach(() => {
    store = new RedisStore(redis.address, 'test');
    group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
  });
  afterEach(() => store.close());

  const areLost = async (knownPushAt = 0): Promise<boolean | undefined> => {
    const { turn = '', begun } = await store.turns.begin(group, { ...wish, knownPushAt });
    await store.turns.end(group, turn);
    return begun?.arePartsLost;
  };
  const forget = async (): Promise<void> => {
    const keys = await connect().keys(`${groupKeys('test', group)[1].replaceAll(/[{}]/g, '?')}*`);
    await connect().del(...keys);
  };

  it('are told by a process that has given a sign before, not by a new one, nor by one that was silent alone', async () => {
    const { sign } = await store.processes.live(group, 'p1');
    const other = await store.processes.live(group, 'p2');
    await store.processes.leave(group, 'p2');
    expect(await store.processes.live(group, 'p2', other.sign)).toMatchObject({ isKnown: false });
    expect(await areLost()).toBeUndefined();
    await forget();
    await store.processes.live(group, 'new');
    expect(await areLost()).toBeUndefined();
    expect(await store.processes.live(group, 'p1', sign)).toMatchObject({ isKnown: false });
    expect(await areLost()).toBe(true);
  });

  it('are told by a batch that is behind, and by a push that the store has forgotten', async () => {
    expect(await store.series.number(group, 'w', 3)).toMatchObject({ outcome: 'behind' });
    expect(await areLost()).toBe(true);
    await forget();
    expect(await areLost()).toBeUndefined();
    expect(await areLost(1)).toBe(true);
  });
});
describe('RedisStore: what dead processes leave', () => {
  it('is removed by who reads it', async () => {
    const store = new RedisStore(redis.address, 'test');
    const group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
    const gauge = resolveDefinition({ name: 'open', help: 'x', type: 'gauge', labelNames: ['a'], aggregation: 'sum' });
    const value = (process: string, a: string, number: number) =>
      ({ op: 'part', labels: `a="${a}"`, process, value: number }) as const;
    for (const process of ['p1', 'p2']) await store.processes.live(group, process);
    const updates = [value('p1', 'both', 1), value('p2', 'both', 2.5), value('p1', 'one', 1)];
    const families = [{ family: gauge.name, shape: definitionShape(gauge), updates }];
    await store.series.apply(group, { writer: 'w', sequence: 1, clear: [], definitions: [gauge], families });
    const stored = async (): Promise<string[]> => {
      const keys = await connect().keys(`${groupKeys('test', group)[1].replaceAll(/[{}]/g, '?')}series:*`);
      return (await Promise.all(keys.map((key) => connect().hvals(key)))).flat().sort();
    };
    expect(await stored()).toEqual(['1', '1', '2.5']);
    await store.processes.leave(group, 'p1');
    for await (const _ of store.series.read(group, gauge));
    expect(await stored()).toEqual(['2.5']);
    await store.close();
  });
});
describeShapes('RedisStore', () => new RedisStore(redis.address, 'test'));

const announcing = { notesNew: true };
describeAnnouncements('RedisStore', () => new RedisStore(redis.address, 'test', announcing));

describeAnnouncements("RedisStore with a client of the user's that prefixes keys", () => {
  return new RedisStore(connect({ keyPrefix: 'mine:' }), 'test', announcing);
});

describeSharedAnnouncements('RedisStore', () => [
  new RedisStore(redis.address, 'test', announcing),
  new RedisStore(redis.address, 'test'),
]);
