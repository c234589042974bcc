import { StoreUnavailableError } from '../../../lib/errors/index.js';
import { GatewayPoolError } from '../../../lib/gateway/index.js';
import { definitionShape } from '../../../lib/model/index.js';
import { GroupRemover } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { counter, FakePool, gate, shop } from './support.js';

/** Real timers stand behind node:timers/promises whatever `setTimeout` is: here it waits by the clock in its place. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}));

const QUIET_MS = 60_000;
const TIMEOUT_MS = 1_000;
/** Where {@link FakePool} removes copies. */
const REACHED = 'http://other:9091';

let store: MemoryStore;
let pool: FakePool;
let remover: GroupRemover;
let batches: number;

beforeEach(async () => {
  jest.useFakeTimers({ now: 1_000_000 });
  store = new MemoryStore();
  pool = new FakePool();
  remover = new GroupRemover(store, pool, TIMEOUT_MS);
  batches = 0;
  await write();
  await pass(QUIET_MS);
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

/** Somebody counts for the group. */
async function write(): Promise<void> {
  const updates = [{ op: 'add', labels: 'type="blue"', value: 1 }] as const;
  const families = [{ family: counter.name, shape: definitionShape(counter), updates }];
  batches += 1;
  await store.series.apply(shop, { writer: 'one', sequence: batches, clear: [], definitions: [counter], families });
}

/** Names of the families that the store holds. */
const stored = async (): Promise<string[]> => (await store.series.definitions(shop)).map(({ name }) => name);

const isFree = async (): Promise<boolean> => (await store.turns.take(shop, 1)).turn !== undefined;

async function hold(gateway: string): Promise<void> {
  const { turn = '' } = await store.turns.take(shop, TIMEOUT_MS);
  await store.ledgers.noteHolder(shop, turn, gateway);
  await store.turns.end(shop, turn);
}

describe('remove()', () => {
  it('removes the group from the gateways first, then from the store', async () => {
    await hold(REACHED);
    pool.before = async () => {
      expect(await stored()).toEqual(['orders_total']);
    };
    expect(await remover.remove(shop, QUIET_MS)).toBe(true);
    expect(pool.requests).toEqual([{ verb: 'delete', job: 'shop' }]);
    expect(await stored()).toEqual([]);
    expect((await store.ledgers.read(shop)).copies).toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('leaves alone what somebody has just written', async () => {
    await write();
    await pass(QUIET_MS - 1);
    expect(await remover.remove(shop, QUIET_MS)).toBe(false);
    expect(pool.requests).toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('leaves alone what somebody has just pushed', async () => {
    const { turn = '', now } = await store.turns.take(shop, TIMEOUT_MS);
    await store.turns.end(shop, turn, now);
    expect(await remover.remove(shop, QUIET_MS)).toBe(false);
    expect(pool.requests).toEqual([]);
    expect(await stored()).toEqual(['orders_total']);
  });

  it('leaves the group to whoever has the turn', async () => {
    const { turn = '' } = await store.turns.take(shop, QUIET_MS);
    const removing = remover.remove(shop, 0);
    await pass(1_000);
    await store.turns.end(shop, turn);
    await pass(1_000);
    expect(await removing).toBe(false);
    expect(pool.requests).toEqual([]);
  });

  it('takes over from a process that never gives the turn back', async () => {
    await store.turns.take(shop, 1_000);
    const removing = remover.remove(shop, QUIET_MS);
    await pass(1_500);
    expect(await removing).toBe(true);
  });

  it('keeps the group in the store until every copy is gone', async () => {
    await hold('http://silent:9091');
    await hold(REACHED);
    expect(await remover.remove(shop, QUIET_MS)).toBe(false);
    expect(pool.requests).toHaveLength(1);
    expect(await stored()).toEqual(['orders_total']);
    expect(await isFree()).toBe(true);
    await pass(1);
    const { holds } = await store.ledgers.read(shop);
    await store.ledgers.strikeCopy(shop, 'http://silent:9091', holds['http://silent:9091'] ?? '');
    expect(await remover.remove(shop, QUIET_MS)).toBe(true);
    expect(await stored()).toEqual([]);
  });

  it('keeps what is counted while the gateway removes its copy', async () => {
    pool.before = write;
    expect(await remover.remove(shop, QUIET_MS)).toBe(false);
    expect(await stored()).toEqual(['orders_total']);
    expect(await isFree()).toBe(true);
  });

  it('leaves the group to a process that has taken over from one that was too slow', async () => {
    const held = gate();
    pool.before = held.pass;
    const removing = remover.remove(shop, QUIET_MS);
    await held.reached;
    await pass(TIMEOUT_MS + 3_000);
    expect((await store.turns.take(shop, QUIET_MS)).turn).toEqual(expect.any(String));
    held.open();
    expect(await removing).toBe(false);
    expect(await stored()).toEqual(['orders_total']);
    expect(await isFree()).toBe(false);
  });
});

describe('a failure', () => {
  it('of the gateway is told; the store keeps the group, the turn is given back', async () => {
    const error = new GatewayPoolError([REACHED], new Error('gateway away'));
    pool.before = () => Promise.reject(error);
    await expect(remover.remove(shop, QUIET_MS)).rejects.toBe(error);
    expect(await stored()).toEqual(['orders_total']);
    expect(await isFree()).toBe(true);
  });

  it.each<[string, () => jest.SpyInstance]>([
    ['isQuiet', () => jest.spyOn(store.removal, 'isQuiet')],
    ['read', () => jest.spyOn(store.ledgers, 'read')],
    ['removeGroup', () => jest.spyOn(store.removal, 'removeGroup')],
  ])('of the store is told: %s', async (_, spy) => {
    const error = new StoreUnavailableError('Redis away');
    spy().mockRejectedValue(error);
    await expect(remover.remove(shop, QUIET_MS)).rejects.toBe(error);
    expect(await stored()).toEqual(['orders_total']);
    expect(await isFree()).toBe(true);
  });

  it('of the store before the turn is told, and no gateway is asked', async () => {
    const error = new StoreUnavailableError('Redis away');
    jest.spyOn(store.turns, 'take').mockRejectedValue(error);
    await expect(remover.remove(shop, QUIET_MS)).rejects.toBe(error);
    expect(pool.requests).toEqual([]);
  });
});
