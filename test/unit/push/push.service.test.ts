import { getMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { PartAccumulator, type UpdateBuffers } from '../../../lib/buffer/index.js';
import { GatewayResponseError, PushLockError, StoreUnavailableError } from '../../../lib/errors/index.js';
import { HeldElsewhereError } from '../../../lib/gateway/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { resolveDefinition, type Series } from '../../../lib/model/index.js';
import { GroupReader, PushService } from '../../../lib/push/index.js';
import { FakePool, gate, readText, type Replica, shop, startReplica, stopReplicas } from './support.js';

const TEXT = '# HELP orders_total Orders\n# TYPE orders_total counter\norders_total{type="blue"} 1\n';

let store: MemoryStore;
let pool: FakePool;
let replica: Replica;

beforeEach(() => {
  store = new MemoryStore();
  pool = new FakePool();
  replica = startReplica(store, pool);
  for (const level of ['log', 'warn', 'error'] as const) jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
});

afterEach(async () => {
  await stopReplicas();
  jest.restoreAllMocks();
});

/** Whether nobody pushes the group now. */
async function isFree(): Promise<boolean> {
  const { turn } = await store.turns.take(shop, 1_000);
  if (turn !== undefined) await store.turns.end(shop, turn);
  return turn !== undefined;
}

const gatewayError = (): GatewayResponseError =>
  new GatewayResponseError('Pushgateway http://gateway:9091 refused the push of job "shop": 400', 400, 'bad');

describe('push()', () => {
  it('gives every push the same signal, to which as many may listen as there are jobs', async () => {
    const given = jest.spyOn(pool, 'push');
    for (const job of ['shop', 'stock']) {
      replica.inc(job);
      await replica.service.push(job);
    }
    const [first, second] = given.mock.calls.map(([{ signal }]) => signal);
    expect(first).toBe(second);
    expect(getMaxListeners(first as AbortSignal)).toBe(Infinity);
  });

  it('brings what was just counted to the gateway, and tells what it did', async () => {
    replica.inc();
    expect(await replica.service.push('shop')).toEqual({
      job: 'shop',
      instance: 'host',
      gateway: 'http://other:9091',
      gateways: ['http://other:9091', 'http://gateway:9091'],
      outcome: 'pushed',
      series: 1,
      bytes: TEXT.length,
      durationMs: expect.any(Number),
    });
    expect(pool.requests).toEqual([{ verb: 'push', job: 'shop', text: TEXT }]);
    expect(await isFree()).toBe(true);
  });

  it('brings what other processes have stored', async () => {
    const other = startReplica(store, pool);
    other.inc();
    await other.buffers.flush();
    replica.inc();
    await replica.service.push('shop');
    expect(pool.requests[0]?.text).toContain('orders_total{type="blue"} 2\n');
  });

  it('counts the bytes of the text, not its characters, and every series', async () => {
    replica.inc('shop', 'ü\u{1f600}');
    replica.inc('shop', 'b');
    const { bytes, series } = await replica.service.push('shop');
    expect(bytes).toBe(Buffer.byteLength(pool.requests[0]?.text ?? ''));
    expect(series).toBe(2);
  });

  it('says while it sends how far it is, and nothing before and after', async () => {
    replica.inc();
    const answer = gate();
    jest.spyOn(pool, 'push').mockImplementation(async ({ text }) => {
      expect(replica.service.progressOf('shop')).toBeUndefined();
      await readText(text);
      await answer.pass();
      return { gateway: 'http://gateway:9091', gateways: ['http://gateway:9091'] };
    });
    const push = replica.service.push('shop');
    await answer.reached;
    expect(replica.service.progressOf('shop')).toEqual({
      gateway: 'http://gateway:9091',
      series: 1,
      bytes: TEXT.length,
      isWhole: true,
    });
    expect(replica.service.progressOf('stock')).toBeUndefined();
    answer.open();
    expect(await push).toMatchObject({ outcome: 'pushed', series: 1, bytes: TEXT.length });
    expect(replica.service.progressOf('shop')).toBeUndefined();
  });

  it('counts nothing of a text that did not go over whole', async () => {
    replica.inc();
    jest.spyOn(pool, 'push').mockImplementation(async ({ text }) => {
      const pieces = (text as () => AsyncIterable<unknown>)()[Symbol.asyncIterator]();
      await pieces.next();
      expect(replica.service.progressOf('shop')).toMatchObject({ series: 1, isWhole: false });
      return { gateway: 'http://gateway:9091', gateways: ['http://gateway:9091'] };
    });
    expect(await replica.service.push('shop')).toMatchObject({ series: 0, bytes: 0 });
  });

  it('takes its time from before the store was asked', async () => {
    replica.inc();
    const { durationMs } = await replica.service.push('shop');
    expect(durationMs).toBeGreaterThan(0);
    expect(durationMs).toBeLessThan(60_000);
  });

  it('says of a tick that another process made that it was made for other gateways', async () => {
    const elsewhere = 'http://far:9091 has the group, and another living process has that gateway configured';
    Object.assign(pool, { heldElsewhere: () => Promise.resolve(elsewhere) });
    replica.inc();
    await replica.service.push('shop');
    const tick = await replica.service.push('shop', { notAgainWithinMs: 3_600_000 });
    expect(tick).toMatchObject({ outcome: 'skipped', reason: elsewhere });
    jest.spyOn(pool, 'push').mockRejectedValue(new HeldElsewhereError(elsewhere));
    expect(await replica.service.push('shop')).toMatchObject({ outcome: 'skipped', reason: elsewhere });
    expect(await isFree()).toBe(true);
  });

  it('skips a job that has no series, for an empty push would remove the group', async () => {
    expect(await replica.service.push('stock')).toEqual({
      job: 'stock',
      instance: 'host',
      gateway: 'http://gateway:9091',
      gateways: ['http://gateway:9091', 'http://other:9091'],
      outcome: 'skipped',
      series: 0,
      bytes: 0,
      durationMs: expect.any(Number),
      reason: 'nothing to push: the store holds no series',
    });
    expect(pool.requests).toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('skips a job whose families have no series', async () => {
    replica.buffers.of('shop').family(resolveDefinition({ name: 'a', help: 'x', type: 'counter', labelNames: ['b'] }));
    expect(await replica.service.push('shop')).toMatchObject({ outcome: 'skipped', series: 0 });
    expect(pool.requests).toEqual([]);
  });

  it('pushes what is shown of a family that is defined in two ways, and says what waits', async () => {
    const other = startReplica(store, pool);
    const gauge = resolveDefinition({ name: 'depth', help: 'x', type: 'gauge' });
    other.buffers.of('shop').family(gauge);
    await other.buffers.flush();
    replica.buffers.of('shop').family(resolveDefinition({ name: 'depth', help: 'x', type: 'counter' }));
    replica.inc();
    expect(await replica.service.push('shop')).toMatchObject({
      outcome: 'pushed',
      series: 1,
      reason: 'metric "depth" is shown as gauge, values as counter wait until no living process defines it as gauge',
    });
    expect(pool.requests[0]?.text).toBe(TEXT);
    expect(await replica.service.status('shop')).toMatchObject({
      contested: [
        'metric "depth" is shown as gauge, values as counter wait until no living process defines it as gauge',
      ],
    });
  });

  it('gives the whole text again to a pool that begins anew with another gateway', async () => {
    for (const type of ['a', 'b', 'c']) replica.inc('shop', type);
    chunked(store);
    const attempts: string[] = [];
    jest.spyOn(pool, 'push').mockImplementation(async ({ text }) => {
      attempts.push(await readText(text), await readText(text));
      return { gateway: 'http://other:9091', gateways: ['http://other:9091'] };
    });
    const { series, bytes } = await replica.service.push('shop');
    expect(attempts[0]).toContain('orders_total{type="c"} 1\n');
    expect(attempts[1]).toBe(attempts[0]);
    expect([series, bytes]).toEqual([3, attempts[0]?.length]);
  });
});

describe('a failed push', () => {
  const failed = (error: Error) => ({
    job: 'shop',
    instance: 'host',
    gateway: 'http://gateway:9091',
    gateways: ['http://gateway:9091', 'http://other:9091'],
    outcome: 'failed',
    series: 0,
    bytes: 0,
    durationMs: expect.any(Number),
    reason: error.message,
    error,
  });

  it('tells the error of the gateway, and leaves the turn to others', async () => {
    replica.inc();
    const error = gatewayError();
    jest.spyOn(pool, 'push').mockRejectedValue(error);
    expect(await replica.service.push('shop')).toEqual(failed(error));
    const turn = await store.turns.take(shop, 1_000);
    expect(turn).toMatchObject({ turn: expect.any(String), lastPushedAt: 0 });
  });

  it.each<[string, () => jest.SpyInstance]>([
    ['apply', () => jest.spyOn(store.series, 'apply')],
    ['give a turn', () => jest.spyOn(store.turns, 'take')],
    ['tell its families', () => jest.spyOn(store.series, 'families')],
  ])('tells the error of a store that cannot %s, and sends nothing', async (_, spy) => {
    replica.inc();
    const error = new StoreUnavailableError('Redis at redis://localhost:6379 does not answer');
    spy().mockRejectedValueOnce(error);
    expect(await replica.service.push('shop')).toEqual(failed(error));
    expect(pool.requests).toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('is one whose store fails in the middle: the text breaks off with the error', async () => {
    for (const type of ['a', 'b', 'c']) replica.inc('shop', type);
    const error = new StoreUnavailableError('Redis at redis://localhost:6379 does not answer');
    chunked(store, error);
    expect(await replica.service.push('shop')).toEqual(failed(error));
    expect(pool.requests).toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('tells of what is no error, too', async () => {
    replica.inc();
    jest.spyOn(pool, 'push').mockRejectedValue('just a text');
    expect(await replica.service.push('shop')).toEqual(failed(new Error('just a text')));
  });

  it('is a success though the turn cannot be given back', async () => {
    replica.inc();
    jest.spyOn(store.turns, 'end').mockRejectedValue(new StoreUnavailableError('gone'));
    expect(await replica.service.push('shop')).toMatchObject({ outcome: 'pushed' });
  });

  it('keeps what was counted for the next', async () => {
    replica.inc();
    jest.spyOn(pool, 'push').mockRejectedValueOnce(gatewayError());
    await replica.service.push('shop');
    expect(await replica.service.push('shop')).toMatchObject({ outcome: 'pushed' });
    expect(pool.requests[0]?.text).toBe(TEXT);
  });
});

describe('of several replicas', () => {
  it('one pushes at a time', async () => {
    const replicas = Array.from({ length: 5 }, () => startReplica(store, pool));
    let pushing = 0;
    let most = 0;
    pool.before = async () => {
      most = Math.max(most, (pushing += 1));
      await new Promise((resolve) => setImmediate(resolve));
      pushing -= 1;
    };
    const results = await Promise.all(
      replicas.map(({ service, inc }) => {
        inc();
        return service.push('shop');
      }),
    );
    expect(most).toBe(1);
    expect(results.map(({ outcome }) => outcome)).not.toContain('failed');
    expect(pool.requests.at(-1)?.text).toContain('orders_total{type="blue"} 5\n');
  });

  it('jobs do not wait for each other', async () => {
    replica.inc();
    replica.inc('stock');
    const held = gate();
    pool.before = held.pass;
    const first = replica.service.push('shop');
    await held.reached;
    pool.before = () => Promise.resolve();
    expect(await replica.service.push('stock')).toMatchObject({ outcome: 'pushed' });
    held.open();
    expect(await first).toMatchObject({ outcome: 'pushed' });
  });

  it('one that waited need not push when another has pushed what it read after that', async () => {
    const [second, third] = [startReplica(store, pool), startReplica(store, pool)];
    replica.inc();
    const held = gate();
    pool.before = held.pass;
    const first = replica.service.push('shop');
    await held.reached;
    pool.before = () => Promise.resolve();
    second.inc();
    third.inc();
    const asked = jest.spyOn(store.turns, 'take');
    const waiting = [second.service.push('shop'), third.service.push('shop')];
    while (asked.mock.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await nextMillisecond();
    held.open();
    expect(await first).toMatchObject({ outcome: 'pushed' });
    const outcomes = await Promise.all(waiting);
    expect(outcomes.map(({ outcome, reason }) => [outcome, reason]).sort()).toEqual([
      ['pushed', undefined],
      ['skipped', 'another process has just pushed it'],
    ]);
    expect(pool.requests).toHaveLength(2);
    expect(pool.requests[1]?.text).toContain('orders_total{type="blue"} 3\n');
  });

  it.each(['delete', 'pushAdd'] as const)('one that waited pushes after a %s, which covers nothing', async (verb) => {
    const second = startReplica(store, pool);
    replica.inc();
    const held = gate();
    pool.before = held.pass;
    const first = replica.service.push('shop');
    await held.reached;
    pool.before = () => Promise.resolve();
    const third = await waitingFor(() =>
      verb === 'delete' ? replica.service.delete('shop') : replica.service.push('shop', { mode: verb }),
    );
    await nextMillisecond();
    const waiting = await waitingFor(() => second.service.push('shop'));
    held.open();
    await first;
    const results = await Promise.all([third.result, waiting.result]);
    expect(results.map(({ outcome }) => outcome)).toContain('pushed');
    expect(pool.requests.map((request) => request.verb)).toContain('push');
    expect(results[1]).toMatchObject({ outcome: 'pushed' });
  });

  it('one that waited to delete does delete, whoever pushed meanwhile', async () => {
    const second = startReplica(store, pool);
    replica.inc();
    const turn = await store.turns.take(shop, 60_000);
    const waiting = await waitingFor(() => second.service.delete('shop'));
    await nextMillisecond();
    await store.turns.end(shop, turn.turn as string, Date.now());
    expect(await waiting.result).toMatchObject({ outcome: 'pushed' });
    expect(pool.requests).toEqual([{ verb: 'delete', job: 'shop' }]);
  });

  it('one whose turn was lost before the gateway was ready sends nothing, and says so', async () => {
    replica.inc();
    const held = gate();
    let text = '';
    jest.spyOn(pool, 'push').mockImplementation(async ({ text: source, beforeEnd }) => {
      await held.pass();
      const whole = await readText(source);
      await beforeEnd?.();
      text = whole;
      return { gateway: 'http://gateway:9091', gateways: [] };
    });
    const pushing = replica.service.push('shop');
    await held.reached;
    jest.spyOn(store.turns, 'keep').mockResolvedValue(false);
    held.open();
    const result = await pushing;
    expect(result.error).toBeInstanceOf(PushLockError);
    expect(result).toMatchObject({
      outcome: 'failed',
      series: 0,
      bytes: 0,
      reason: 'Job "shop": this process was too slow, another one has taken over pushing it',
    });
    expect(text).toBe('');
    expect((await store.turns.take(shop, 1_000)).lastPushedAt).toBe(0);
  });

  it('one whose turn ran out does not end the turn of another', async () => {
    replica = startReplica(store, pool);
    replica.inc();
    const held = gate();
    pool.before = held.pass;
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const pushing = replica.service.push('shop');
    await held.reached;
    jest.setSystemTime(Date.now() + 6_000);
    const taken = await store.turns.take(shop, 60_000);
    expect(taken.turn).toEqual(expect.any(String));
    held.open();
    expect(await pushing).toMatchObject({ outcome: 'failed', error: expect.any(PushLockError) });
    expect((await store.turns.take(shop, 1_000)).turn).toBeUndefined();
    jest.useRealTimers();
  });
});

describe('push() of a scheduler', () => {
  it('is skipped when another process has pushed a moment ago', async () => {
    const second = startReplica(store, pool);
    replica.inc();
    await replica.service.push('shop');
    expect(await second.service.push('shop', { notAgainWithinMs: 10_000 })).toMatchObject({
      outcome: 'skipped',
      reason: 'another process has just pushed it',
    });
    expect(pool.requests).toHaveLength(1);
    expect(await isFree()).toBe(true);
  });

  it('is made when the latest push is long enough ago', async () => {
    replica.inc();
    await replica.service.push('shop');
    await nextMillisecond();
    expect(await replica.service.push('shop', { notAgainWithinMs: 1 })).toMatchObject({ outcome: 'pushed' });
  });

  it('is not held up by a push that failed a moment ago', async () => {
    replica.inc();
    jest.spyOn(pool, 'push').mockRejectedValueOnce(gatewayError());
    await replica.service.push('shop');
    expect(await replica.service.push('shop', { notAgainWithinMs: 10_000 })).toMatchObject({ outcome: 'pushed' });
  });

  it('is skipped while another process is pushing', async () => {
    const second = startReplica(store, pool);
    replica.inc();
    const held = gate();
    pool.before = held.pass;
    const first = replica.service.push('shop');
    await held.reached;
    const other = second.service.push('shop', { notAgainWithinMs: 10_000 });
    held.open();
    await first;
    expect(await other).toMatchObject({ outcome: 'skipped', reason: 'another process has just pushed it' });
    expect(pool.requests).toHaveLength(1);
  });

  it('stores what this process has counted, though it is skipped', async () => {
    const second = startReplica(store, pool);
    replica.inc();
    await replica.service.push('shop');
    second.inc();
    await second.service.push('shop', { notAgainWithinMs: 10_000 });
    expect(await replica.reader.text('shop')).toContain('orders_total{type="blue"} 2\n');
  });
});

describe('pushAdd()', () => {
  it('adds to the group, and tells what it did', async () => {
    replica.inc();
    expect(await replica.service.push('shop', { mode: 'pushAdd' })).toMatchObject({
      outcome: 'pushed',
      series: 1,
      bytes: TEXT.length,
    });
    expect(pool.requests).toEqual([{ verb: 'pushAdd', job: 'shop', text: TEXT }]);
  });

  it('is skipped when there is nothing', async () => {
    expect(await replica.service.push('shop', { mode: 'pushAdd' })).toMatchObject({ outcome: 'skipped' });
  });

  it('does not stand for a push', async () => {
    replica.inc();
    await replica.service.push('shop', { mode: 'pushAdd' });
    expect(await replica.service.push('shop', { notAgainWithinMs: 10_000 })).toMatchObject({ outcome: 'pushed' });
  });
});

describe('delete()', () => {
  it('removes the group, and tells what it did', async () => {
    replica.inc();
    expect(await replica.service.delete('shop')).toEqual({
      job: 'shop',
      instance: 'host',
      gateway: 'http://other:9091',
      gateways: ['http://other:9091', 'http://gateway:9091'],
      outcome: 'pushed',
      series: 0,
      bytes: 0,
      durationMs: expect.any(Number),
    });
    expect(pool.requests).toEqual([{ verb: 'delete', job: 'shop' }]);
    expect(await isFree()).toBe(true);
  });

  it('waits for its turn', async () => {
    replica.inc();
    const held = gate();
    pool.before = held.pass;
    const pushing = replica.service.push('shop');
    await held.reached;
    pool.before = () => Promise.resolve();
    const deleting = await waitingFor(() => replica.service.delete('shop'));
    held.open();
    await Promise.all([pushing, deleting.result]);
    expect(pool.requests.map(({ verb }) => verb)).toEqual(['push', 'delete']);
  });

  it('tells the error of the gateway', async () => {
    const error = gatewayError();
    jest.spyOn(pool, 'delete').mockRejectedValue(error);
    expect(await replica.service.delete('shop')).toMatchObject({ outcome: 'failed', reason: error.message, error });
    expect(await isFree()).toBe(true);
  });

  it('does not hold up a scheduled push', async () => {
    replica.inc();
    await replica.service.delete('shop');
    expect(await replica.service.push('shop', { notAgainWithinMs: 10_000 })).toMatchObject({ outcome: 'pushed' });
  });
});

/** Reads the store series by series; after the second with an error, if there is one. */
function chunked(of: MemoryStore, error?: Error): void {
  const read = of.series.readText.bind(of.series);
  jest.spyOn(of.series, 'readText').mockImplementation(async function* (group, families) {
    let count = 0;
    for await (const parts of read(group, families)) {
      for (const { definition, chunk } of parts) {
        for (const series of chunk as readonly Series[]) {
          if (error && (count += 1) > 2) throw error;
          yield [{ definition, chunk: [series] }];
        }
      }
    }
  });
}

/** Begins something that has to wait for its turn, and resolves once it has asked for it. */
async function waitingFor<T>(begin: () => Promise<T>): Promise<{ result: Promise<T> }> {
  const asked = jest.spyOn(store.turns, 'take');
  const before = asked.mock.calls.length;
  const result = begin();
  while (asked.mock.calls.length === before) await new Promise((resolve) => setImmediate(resolve));
  return { result };
}

/** The store tells times apart by milliseconds. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await new Promise((resolve) => setImmediate(resolve));
}

it('does not count series of families that are held back as shown at 0', async () => {
  const waiting = resolveDefinition({ name: 'kept_total', help: 'x', type: 'counter', prefetch: true });
  const memory = new MemoryStore({ notesNew: true });
  await memory.series.apply(shop, {
    writer: 'w',
    sequence: 1,
    clear: [],
    definitions: [waiting, resolveDefinition({ name: 'new_total', help: 'x', type: 'counter' })],
    families: ['kept_total', 'new_total'].map((family) => ({
      family,
      shape: 'counter',
      updates: [{ op: 'add', labels: '', value: 3 }],
    })),
  });
  const noted = jest.spyOn(memory.announcements, 'noteShown');
  let left = ['kept_total'];
  const clock = { now: () => Date.now(), learn: () => Promise.resolve() };
  const buffers = { clock, of: () => ({ flush: () => Promise.resolve() }) } as unknown as UpdateBuffers;
  const service = new PushService({
    reader: new GroupReader([shop], buffers, memory.series),
    store: memory,
    pool,
    timeoutMs: 1_000,
    announceForMs: 60_000,
    restorer: { restore: () => Promise.resolve(left) },
  });
  expect(await service.push('shop')).toMatchObject({ outcome: 'pushed', series: 1 });
  expect(noted).not.toHaveBeenCalled();
  left = [];
  await memory.series.restore(shop, waiting, []);
  expect(await service.push('shop')).toMatchObject({ outcome: 'pushed', series: 2 });
  expect(noted).toHaveBeenCalledTimes(1);
  expect(pool.requests.at(-1)?.text).toContain('new_total 0\n');
});

it('values of processes that the store may have lost are left on the gateway as they are', async () => {
  const open = resolveDefinition({ name: 'open', help: 'Open', type: 'gauge', aggregation: 'sum' });
  new PartAccumulator('', replica.buffers.of('shop').family(open)).put(10);
  replica.inc();
  const { turns } = store;
  const begin = turns.begin.bind(turns);
  jest.spyOn(turns, 'begin').mockImplementationOnce(async (...asked) => {
    const { begun, ...turn } = await begin(...asked);
    return { ...turn, ...(begun && { begun: { ...begun, arePartsLost: true } }) };
  });
  expect(await replica.service.push('shop')).toMatchObject({
    outcome: 'pushed',
    reason: 'held back until all processes have sent their values again: open',
  });
  expect(pool.requests).toEqual([{ verb: 'pushAdd', job: 'shop', text: TEXT }]);
  expect(await replica.service.push('shop')).not.toHaveProperty('reason');
  expect(pool.requests.at(-1)).toMatchObject({ verb: 'push', text: expect.stringContaining('open 10\n') });
});
