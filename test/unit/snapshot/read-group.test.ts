import { type Group, resolveDefinition, type Series } from '../../../lib/model/index.js';
import { readGroup } from '../../../lib/snapshot/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

const group: Group = { job: 'shop', instance: 'host', labels: {} };
const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });

async function read(store: MemoryStore, of: Group): Promise<[string, Series[]][]> {
  const families: [string, Series[]][] = [];
  for await (const { definition, chunks } of readGroup(store.series, of)) {
    const series: Series[] = [];
    for await (const chunk of chunks) series.push(...(chunk as readonly Series[]));
    families.push([definition.name, series]);
  }
  return families;
}

describe('readGroup', () => {
  it('gives every family of the group by name, those without series too', async () => {
    const store = new MemoryStore();
    const updates = [{ op: 'add', labels: 'type="a"', value: 2 }] as const;
    await store.series.apply(group, {
      writer: 'w',
      sequence: 1,
      clear: [],
      definitions: [counter, gauge],
      families: [{ family: 'orders_total', shape: 'counter', updates }],
    });
    expect(await read(store, group)).toEqual([
      ['depth', []],
      ['orders_total', [{ labels: 'type="a"', value: 2 }]],
    ]);
    expect(await read(store, { ...group, instance: 'other' })).toEqual([]);
  });

  it('reads a family only when its turn comes', async () => {
    const store = new MemoryStore();
    await store.series.apply(group, {
      writer: 'w',
      sequence: 1,
      clear: [],
      definitions: [counter, gauge],
      families: [],
    });
    const reading = jest.spyOn(store.series, 'readText');
    const families = readGroup(store.series, group);
    await families.next();
    expect(reading.mock.calls).toEqual([[group, gauge, { generation: new Map() }]]);
    await families.next();
    expect(reading.mock.calls).toEqual([
      [group, gauge, { generation: new Map() }],
      [group, counter, { generation: new Map() }],
    ]);
  });

  it('rejects when the store cannot tell the definitions', async () => {
    const store = new MemoryStore();
    jest.spyOn(store.series, 'families').mockRejectedValue(new Error('gone'));
    await expect(read(store, group)).rejects.toThrow('gone');
  });
});
