import { Logger } from '@nestjs/common';
import { NumberAccumulator, UpdateBuffers } from '../../../lib/buffer/index.js';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { closeBuffers, counter, group, NEVER_MS, openBuffer, ScriptedStore } from './support.js';

const groups = [group, { ...group, job: 'stock' }];

let store: ScriptedStore;
let buffers: UpdateBuffers;
let warn: jest.SpyInstance;
let log: jest.SpyInstance;
let error: jest.SpyInstance;

beforeEach(() => {
  store = new ScriptedStore();
  buffers = new UpdateBuffers(groups, store, NEVER_MS);
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
});

afterEach(async () => {
  await Promise.all([buffers.close(0), closeBuffers()]);
  jest.restoreAllMocks();
});

const inc = (job: string): void => {
  new NumberAccumulator('type="blue"', buffers.of(job).family(counter)).add(1);
};

describe('UpdateBuffers', () => {
  it('has a buffer a job', () => {
    expect(buffers.of('shop')).toBe(buffers.of('shop'));
    expect(buffers.of('shop').group).toEqual(group);
    expect(buffers.of('stock').group).toEqual({ ...group, job: 'stock' });
    expect(() => buffers.of('stok')).toThrow(new RangeError('no buffer for job "stok"'));
  });

  it('flushes all', async () => {
    inc('shop');
    inc('stock');
    await buffers.flush();
    expect(store.batches.map(({ families }) => families.length)).toEqual([1, 1]);
    expect(await store.series.definitions({ ...group, job: 'stock' })).toEqual([counter]);
  });

  it('stops without storing anything, if it is told to discard', async () => {
    inc('shop');
    buffers.stop();
    inc('stock');
    await buffers.close(5_000);
    expect(store.batches).toEqual([]);
  });

  it('closes all', async () => {
    inc('shop');
    inc('stock');
    await buffers.close(60_000);
    expect(store.batches).toHaveLength(2);
  });

  it('warns once that the store went away and tells once that it came back, however many buffers and attempts', async () => {
    inc('shop');
    inc('stock');
    store.leave();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      for (const { job } of groups) await expect(buffers.of(job).flush()).rejects.toThrow(StoreUnavailableError);
    }
    expect(warn.mock.calls).toEqual([
      ['Redis at redis://localhost:6379 does not answer. Counting goes on in memory, and is stored when it answers'],
    ]);
    expect(log).not.toHaveBeenCalled();
    store.comeBack();
    await buffers.flush();
    inc('shop');
    await buffers.flush();
    expect(log.mock.calls).toEqual([['Store memory answers again; what was counted meanwhile is being stored']]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(error).not.toHaveBeenCalled();
  });

  it('says it once, too, when the store is away for one job only, as in a cluster with a server down', async () => {
    store.leaveFor('shop');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      for (const { job } of groups) inc(job);
      await expect(buffers.of('shop').flush()).rejects.toThrow(StoreUnavailableError);
      await buffers.of('stock').flush();
    }
    expect([warn.mock.calls.length, log.mock.calls.length]).toEqual([1, 0]);
    store.comeBack();
    await buffers.flush();
    expect([warn.mock.calls.length, log.mock.calls.length]).toEqual([1, 1]);
  });

  it('warns again when the store goes away again', async () => {
    for (let round = 0; round < 2; round += 1) {
      inc('shop');
      store.leave();
      await expect(buffers.flush()).rejects.toThrow(StoreUnavailableError);
      store.comeBack();
      await buffers.flush();
    }
    expect([warn.mock.calls.length, log.mock.calls.length]).toEqual([2, 2]);
  });

  it('says nothing while all is well', async () => {
    inc('shop');
    await buffers.flush();
    expect([...warn.mock.calls, ...log.mock.calls, ...error.mock.calls]).toEqual([]);
  });

  it('says once that a metric waits for another definition, and stores it all', async () => {
    const other = openBuffer(store);
    other.series('', resolveDefinition({ name: 'orders_total', help: 'x', type: 'gauge' })).put(1);
    await other.buffer.flush();
    for (let round = 0; round < 3; round += 1) {
      inc('shop');
      await buffers.flush();
    }
    expect(warn.mock.calls).toEqual([
      [
        'Metric "orders_total" of job "shop" is a counter here, but stored as something else: what is counted here is kept ' +
          'beside that, and shown once no living process has the other definition. reset() of the metric shows it at ' +
          'once, unless it was replaced by the other one; clear("shop", "orders_total") forgets both',
      ],
    ]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 3 });
  });
});
