import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Group, resolveDefinition } from '../../lib/model/index.js';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { startRedis, type RunningServer } from '../support/servers.js';
import { describeAnnouncements, describeSharedAnnouncements } from './announcements.conformance.js';
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
    await on.write(other, add('a'));
    const second = await push(store, group);
    expect(second.starts).toEqual({ 'orders_total{type="blue"': 0, 'kept_total{type="a"': second.at });
    await aMomentLater(store, group);
    await on.write(counter, add('red'));
    const third = await push(store, group);
    expect(third.starts).toEqual({ ...second.starts, 'orders_total{type="red"': third.at });
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
