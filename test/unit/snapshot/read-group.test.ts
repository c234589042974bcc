import { type Group, resolveDefinition, type Series } from '../../../lib/model/index.js';
import { readGroup } from '../../../lib/snapshot/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';

const group: Group = { job: 'shop', instance: 'host', labels: {} };
const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });

async function read(store: MemoryStore, of: Group): Promise<[string, readonly Series[]][]> {
  const families: [string, readonly Series[]][] = [];
  for await (const reading of readGroup(store.series, of)) {
    for (const { definition, chunk } of reading) families.push([definition.name, chunk as readonly Series[]]);
  }
  return families;
}

describe('readGroup', () => {
  it('gives every family of the group that has series, by name', async () => {
    const store = new MemoryStore();
    const updates = [{ op: 'add', labels: 'type="a"', value: 2 }] as const;
    await store.series.apply(group, {
      writer: 'w',
      sequence: 1,
      clear: [],
      definitions: [counter, gauge],
      families: [{ family: 'orders_total', shape: 'counter', updates }],
    });
    expect(await read(store, group)).toEqual([['orders_total', [{ labels: 'type="a"', value: 2 }]]]);
    expect(await read(store, { ...group, instance: 'other' })).toEqual([]);
  });

  it('reads families that are known already, but for those that are held back', async () => {
    const store = new MemoryStore();
    await store.series.apply(group, {
      writer: 'w',
      sequence: 1,
      clear: [],
      definitions: [counter, gauge],
      families: [],
    });
    const families = await store.series.families(group);
    const asked = jest.spyOn(store.series, 'families');
    const reading = jest.spyOn(store.series, 'readText');
    const view = { asAnnounced: true, heldBack: ['depth'] };
    expect((await readGroup(store.series, group, view, families).next()).done).toBe(true);
    expect(asked).not.toHaveBeenCalled();
    expect(reading.mock.calls).toEqual([
      [group, [{ definition: counter, generation: new Map() }], { asAnnounced: true }],
    ]);
  });

  it('rejects when the store cannot tell the definitions', async () => {
    const store = new MemoryStore();
    jest.spyOn(store.series, 'families').mockRejectedValue(new Error('gone'));
    await expect(read(store, group)).rejects.toThrow('gone');
  });
});
