import { Logger } from '@nestjs/common';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { counter, FakePool, startReplica, stopReplicas } from './support.js';

afterEach(async () => {
  await stopReplicas();
  jest.restoreAllMocks();
});

describe('MetricText', () => {
  it('gives the text of a job, what was just counted included', async () => {
    const { metricText, inc } = startReplica(new MemoryStore(), new FakePool());
    inc();
    inc('stock', 'red');
    expect(await metricText.text('stock')).toBe(
      '# HELP orders_total Orders\n# TYPE orders_total counter\norders_total{type="red"} 1\n',
    );
  });

  it('gives one family as an object, what was just counted included', async () => {
    const { metricText, inc } = startReplica(new MemoryStore(), new FakePool());
    inc();
    expect(await metricText.family('shop', counter)).toEqual({
      name: 'orders_total',
      help: 'Orders',
      type: 'counter',
      values: [{ metricName: 'orders_total', labels: { type: 'blue' }, value: 1 }],
    });
  });

  it('knows the group of a job', () => {
    const { metricText } = startReplica(new MemoryStore(), new FakePool());
    expect(metricText.groupOf('stock')).toEqual({ job: 'stock', instance: 'host', labels: {} });
  });

  it('rejects when the store is away', async () => {
    const store = new MemoryStore();
    const { metricText, inc } = startReplica(store, new FakePool());
    inc();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    jest.spyOn(store, 'apply').mockRejectedValue(new Error('gone'));
    await expect(metricText.text('shop')).rejects.toThrow('gone');
    await expect(metricText.family('shop', counter)).rejects.toThrow('gone');
  });
});
