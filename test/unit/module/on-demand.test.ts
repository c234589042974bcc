import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import type { GatewayPool, GroupPush } from '../../../lib/gateway/index.js';
import { PoolOnDemand } from '../../../lib/module/pool-on-demand.js';
import { StoreOnDemand } from '../../../lib/module/store-on-demand.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { RedisStore } from '../../../lib/store/redis/redis.store.js';

const GROUP = { job: 'shop', instance: 'one', labels: {} };
const ADDRESS = 'redis://localhost:6379';
const DEFINITION = {
  name: 'orders_total',
  help: 'Orders',
  type: 'counter',
  labelNames: [],
  quantiles: [],
} as never;

describe('a store on demand', () => {
  it('has parts and methods of a store in Redis only', () => {
    const real = new RedisStore(ADDRESS, 'p:');
    const store = new StoreOnDemand(ADDRESS, () => Promise.reject(new Error('not asked')));
    const partsOf = (one: object) =>
      Object.entries(one).filter((entry): entry is [string, object] => typeof entry[1] === 'object');
    const own = partsOf(store).flatMap(([name, part]) => Object.keys(part).map((method) => `${name}.${method}`));
    const theirs = partsOf(real).flatMap(([name, part]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(part)).map((method) => `${name}.${method}`),
    );

    expect(own.length).toBeGreaterThan(30);
    expect(theirs).toEqual(expect.arrayContaining(own));
  });

  it('is loaded when it is first asked, once, by whatever is asked for', async () => {
    const load = jest.fn(() => Promise.resolve(new MemoryStore()));
    const store = new StoreOnDemand(ADDRESS, load);
    expect([store.address, store.wasReached, load.mock.calls.length]).toEqual([ADDRESS, false, 0]);

    const answers = await Promise.all([store.ping(), store.series.families(GROUP), store.turns.take(GROUP, 1_000)]);

    expect(load).toHaveBeenCalledTimes(1);
    expect(answers).toEqual([undefined, [], expect.objectContaining({ turn: expect.any(String) })]);
    expect(store.wasReached).toBe(true);
  });

  it('gives readings before and after it is loaded', async () => {
    const store = new StoreOnDemand(ADDRESS, () => Promise.resolve(new MemoryStore()));
    const read = async () => {
      const chunks: unknown[] = [];
      for await (const chunk of store.series.read(GROUP, DEFINITION)) chunks.push(...chunk);
      for await (const chunk of store.series.readText(GROUP, [])) chunks.push(...chunk);
      return chunks;
    };

    expect(await read()).toEqual([]);
    expect(await read()).toEqual([]);
  });

  it.each(['before', 'after'])('is told that the application has started, %s it is loaded', async (when) => {
    const real = new MemoryStore();
    const started = jest.spyOn(real, 'started');
    const store = new StoreOnDemand(ADDRESS, () => Promise.resolve(real));
    if (when === 'after') await store.ping();

    store.started();
    await store.ping();
    await store.ping();

    expect(started).toHaveBeenCalledTimes(1);
  });

  it('is closed only if it was loaded', async () => {
    const real = new MemoryStore();
    const close = jest.spyOn(real, 'close');
    const load = jest.fn(() => Promise.resolve(real));
    await new StoreOnDemand(ADDRESS, load).close();
    expect(load).not.toHaveBeenCalled();

    const store = new StoreOnDemand(ADDRESS, load);
    const asked = store.ping();
    await store.close();
    await asked;

    expect(close).toHaveBeenCalledTimes(1);
  });

  it('lets no call overtake another', async () => {
    const real = new MemoryStore();
    const names: string[] = [];
    jest.spyOn(real.turns, 'keep').mockImplementation((_, turn) => Promise.resolve(names.push(turn) > 0));
    let second: Promise<unknown> | undefined;
    const loading = Promise.resolve(real);
    const store = new StoreOnDemand(ADDRESS, () => loading);

    const first = store.turns.keep(GROUP, 'first', 1);
    for (let turn = 0; turn < 5; turn += 1) void loading.then(() => (second ??= store.turns.keep(GROUP, 'second', 1)));
    await first;
    await second;

    expect(names).toEqual(['first', 'second']);
  });

  it('opens nothing for those who come after its end', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connections = jest.fn();
    server.on('connection', connections);
    const address = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = new StoreOnDemand(address, () => Promise.resolve(new RedisStore(address, 'p:')));
    await store.close();

    await expect(store.ping()).rejects.toThrow(/Connection is closed/);

    expect(connections).not.toHaveBeenCalled();
    server.close();
  });

  it('says of everything why it could not be loaded, tries again, and ends all the same', async () => {
    const load = jest.fn(() => Promise.reject<MemoryStore>(new Error('no such file')));
    const store = new StoreOnDemand(ADDRESS, load);

    await expect(store.series.families(GROUP)).rejects.toThrow(StoreUnavailableError);
    await expect(store.ping()).rejects.toThrow(
      'redis://localhost:6379 was not asked: the code for it cannot be loaded (no such file)',
    );
    load.mockResolvedValueOnce(new MemoryStore());
    await expect(store.ping()).resolves.toBeUndefined();
    await expect(store.close()).resolves.toBeUndefined();
    expect(load).toHaveBeenCalledTimes(3);
  });
});

describe('gateways on demand', () => {
  function pool() {
    const real = {
      addresses: ['http://one:9091'],
      push: jest.fn().mockResolvedValue({ gateway: 'one', gateways: ['one'] }),
      delete: jest.fn().mockResolvedValue({ gateway: 'one', gateways: ['one'] }),
      resume: jest.fn(),
      close: jest.fn(),
    };
    const load = jest.fn(() => Promise.resolve(real as GatewayPool));
    return { real, load, onDemand: new PoolOnDemand(['http://one:9091'], load) };
  }

  it('are loaded once, by the first that is asked of them', async () => {
    const { real, load, onDemand } = pool();
    const push = { group: GROUP } as GroupPush;
    expect([onDemand.addresses, load.mock.calls.length]).toEqual([['http://one:9091'], 0]);

    await Promise.all([onDemand.push(push), onDemand.delete(GROUP)]);

    expect(await onDemand.heldElsewhere(GROUP)).toBeUndefined();
    expect(load).toHaveBeenCalledTimes(1);
    expect(real.push).toHaveBeenCalledWith(push);
    expect(real.delete).toHaveBeenCalledWith(GROUP);
  });

  it('take nothing up once they are closed', async () => {
    const { real, onDemand } = pool();

    onDemand.resume([GROUP]);
    onDemand.close();
    await onDemand.delete(GROUP);

    expect(real.resume).not.toHaveBeenCalled();
    expect(real.close).toHaveBeenCalledTimes(1);
  });

  it('are not loaded to be closed', () => {
    const { load, onDemand } = pool();

    onDemand.close();

    expect(load).not.toHaveBeenCalled();
  });

  it('are closed when they are loaded too late', async () => {
    const { real, onDemand } = pool();

    onDemand.close();
    await onDemand.delete(GROUP);

    expect(real.close).toHaveBeenCalledTimes(1);
  });

  it('are loaded again after that has failed', async () => {
    const { real, load, onDemand } = pool();
    load.mockRejectedValueOnce(new Error('no such file'));

    await expect(onDemand.delete(GROUP)).rejects.toThrow('no such file');
    await onDemand.delete(GROUP);

    expect(real.delete).toHaveBeenCalledTimes(1);
  });

  it('take up what was left undone', async () => {
    const { real, onDemand } = pool();

    onDemand.resume([GROUP]);
    await onDemand.delete(GROUP);

    expect(real.resume).toHaveBeenCalledWith([GROUP]);
  });
});
