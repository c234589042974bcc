import { Logger } from '@nestjs/common';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { counter, FakePool, startReplica, stopReplicas } from './support.js';

afterEach(async () => {
  await stopReplicas();
  jest.restoreAllMocks();
});

describe('GroupReader', () => {
  it('gives the text of a job, what was just counted included', async () => {
    const { reader, inc } = startReplica(new MemoryStore(), new FakePool());
    inc();
    inc('stock', 'red');
    expect(await reader.text('stock')).toBe(
      '# HELP orders_total Orders\n# TYPE orders_total counter\norders_total{type="red"} 1\n',
    );
  });

  it('gives one family as an object, what was just counted included', async () => {
    const { reader, inc } = startReplica(new MemoryStore(), new FakePool());
    inc();
    expect(await reader.family('shop', counter)).toEqual({
      name: 'orders_total',
      help: 'Orders',
      type: 'counter',
      values: [{ metricName: 'orders_total', labels: { type: 'blue' }, value: 1 }],
    });
  });

  it('knows the group of a job', () => {
    const { reader } = startReplica(new MemoryStore(), new FakePool());
    expect(reader.groupOf('stock')).toEqual({ job: 'stock', instance: 'host', labels: {} });
  });

  it('rejects when the store is away', async () => {
    const store = new MemoryStore();
    const { reader, inc } = startReplica(store, new FakePool());
    inc();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    jest.spyOn(store.series, 'apply').mockRejectedValue(new Error('gone'));
    await expect(reader.text('shop')).rejects.toThrow('gone');
    await expect(reader.family('shop', counter)).rejects.toThrow('gone');
  });
});
