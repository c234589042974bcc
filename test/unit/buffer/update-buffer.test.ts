import crypto from 'node:crypto';
import { HistogramAccumulator } from '../../../lib/buffer/index.js';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import {
  answerLost,
  closeBuffers,
  counter,
  gauge,
  group,
  openBuffer,
  refused,
  ScriptedStore,
  settle,
  unavailable,
} from './support.js';

const labelsOf = (at: number): string => `type="${at}"`;
/** Families with a label. */
const labelled = (count: number, type: 'counter' | 'gauge' = 'counter') =>
  Array.from({ length: count }, (_, at) =>
    resolveDefinition({ name: `family_${at}`, help: 'x', type, labelNames: ['type'] }),
  );
const add = (labels: string, value: number) => ({ op: 'add', labels, value });

let store: ScriptedStore;

beforeEach(() => {
  store = new ScriptedStore();
});
afterEach(closeBuffers);

describe('a batch', () => {
  it('carries a thousand increments of a series as one update', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    for (let at = 0; at < 1_000; at += 1) blue.add(1);
    await buffer.flush();
    expect(store.batches).toMatchObject([
      {
        writer: expect.stringMatching(/^[0-9a-f-]{36}$/),
        sequence: 1,
        clear: [],
        definitions: [counter],
        families: [{ family: 'orders_total', updates: [add('type="blue"', 1_000)] }],
      },
    ]);
  });

  it('carries 200 updates at the most; the next carries on', async () => {
    const { buffer, series } = openBuffer(store);
    series('', gauge).add(1);
    for (let at = 0; at < 1_000; at += 1) series(labelsOf(at)).add(at);
    await buffer.flush();
    const counts = store.batches.map(({ families }) => families.map(({ updates }) => updates.length));
    expect(counts).toEqual([[1, 199], [200], [200], [200], [200], [1]]);
    expect(store.batches.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(store.batches.map(({ writer }) => writer)).size).toBe(1);
    const values = await store.valuesOf(counter);
    expect(Object.keys(values)).toHaveLength(1_000);
    expect(values[labelsOf(999)]).toBe(999);
  });

  it('defines 50 families at the most, and none after its updates', async () => {
    const { buffer, series } = openBuffer(store);
    const defined = labelled(120);
    for (const definition of defined) series('type="blue"', definition).add(1);
    await buffer.flush();
    expect(store.batches.map(({ definitions }) => definitions.length)).toEqual([50, 50, 20]);
    const known = new Set<string>();
    for (const { definitions, families } of store.batches) {
      for (const { name } of definitions) known.add(name);
      expect(families.filter(({ family }) => !known.has(family))).toEqual([]);
    }
    expect(await store.valuesOf(defined[119] as typeof counter)).toEqual({ 'type="blue"': 1 });
  });

  it('shows 20 families at the most that were reset, each at one stroke', async () => {
    const { buffer, series, family } = openBuffer(store);
    const defined = labelled(30, 'gauge');
    for (const definition of defined) {
      family(definition).reset();
      series('type="blue"', definition).put(1);
    }
    await buffer.flush();
    expect(store.batches.map(({ show = [] }) => show.length)).toEqual([20, 10]);
    expect(await store.valuesOf(defined[29] as typeof counter)).toEqual({ 'type="blue"': 1 });
  });

  it('clears everything with the definitions of what takes its place; the others follow', async () => {
    const { buffer, series } = openBuffer(store);
    const defined = labelled(120);
    for (const definition of defined) series('type="blue"', definition).add(1);
    await buffer.flush();
    store.batches.length = 0;
    buffer.clear();
    series('type="blue"', defined[7]).add(5);
    await buffer.flush();
    const clearing = store.batches.find(({ clear }) => clear === 'all');
    expect(clearing?.definitions).toEqual([defined[7]]);
    expect(Math.max(...store.batches.map(({ definitions }) => definitions.length))).toBe(50);
    expect(await store.series.definitions(group)).toHaveLength(120);
    expect(await store.valuesOf(defined[7] as typeof counter)).toEqual({ 'type="blue"': 5 });
  });

  it('carries 200 updates at the most, also of series that are removed and begin anew', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="first"').add(1);
    for (let at = 0; at < 1_500; at += 1) {
      const one = series(labelsOf(at));
      one.remove();
      one.add(1);
    }
    await buffer.flush();
    const sizes = store.batches.flatMap(({ families }) => families.map(({ updates }) => updates.length));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3_001);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
  });

  it('carries changes of all families', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(2);
    series('', gauge).put(7);
    await buffer.flush();
    expect(store.batches).toHaveLength(1);
    expect(store.batches[0]).toMatchObject({
      definitions: [counter, gauge],
      families: [
        { family: 'orders_total', updates: [add('type="blue"', 2)] },
        { family: 'depth', updates: [{ op: 'set', labels: '', value: 7 }] },
      ],
    });
  });

  it('is under way alone', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    const release = store.hold();
    blue.add(1);
    const flushes = [buffer.flush()];
    blue.add(2);
    flushes.push(buffer.flush(), buffer.flush());
    await settle();
    expect(store.batches).toHaveLength(1);
    release();
    await Promise.all(flushes);
    expect(store.batches.map(({ families }) => families[0]?.updates)).toEqual([
      [add('type="blue"', 1)],
      [add('type="blue"', 2)],
    ]);
  });

  it('comes from a writer of its own in every buffer', async () => {
    for (const { buffer, series } of [openBuffer(store), openBuffer(store)]) {
      series('type="blue"').add(1);
      await buffer.flush();
    }
    expect(store.batches[0]?.writer).not.toBe(store.batches[1]?.writer);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 2 });
  });
});

describe('a batch whose answer was lost', () => {
  it.each([
    ['though it had arrived', answerLost],
    ['and that had not arrived', refused],
  ])('is sent again as it was, with its number, %s', async (_, answer) => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(5);
    store.answer(answer);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    blue.add(2);
    series('type="red"').add(1);
    await buffer.flush();
    const [first, again, next] = store.batches;
    expect(again).toEqual(first);
    expect(next).toMatchObject({ sequence: 2, families: [{ updates: [add('type="blue"', 2), add('type="red"', 1)] }] });
    expect(store.batches).toHaveLength(3);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 7, 'type="red"': 1 });
  });

  it('does not send its definitions again once it is known to have arrived', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(5);
    store.answer(answerLost);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    blue.add(1);
    await buffer.flush();
    expect(store.batches.map(({ definitions }) => definitions.length)).toEqual([1, 1, 0]);
  });

  it('counts every increment once, whatever happens to a hundred batches', async () => {
    const { buffer, series } = openBuffer(store);
    const all = Array.from({ length: 7 }, (_, at) => series(labelsOf(at)));
    let made = 0;
    for (let round = 0; round < 100; round += 1) {
      for (const one of all.slice(0, 1 + (round % 7))) {
        one.add(1);
        made += 1;
      }
      store.answer(
        ...([[answerLost], [refused], [answerLost, answerLost], [refused, answerLost], []][round % 5] ?? []),
      );
      const flushing = buffer.flush().catch((error: unknown) => error);
      all[0]?.add(1);
      made += 1;
      await flushing;
    }
    store.answerByItself();
    await buffer.flush();
    const values = Object.values(await store.valuesOf(counter)) as number[];
    expect(values.reduce((sum, value) => sum + value)).toBe(made);
  });
});

describe('increments while a batch is under way', () => {
  it('arrive once, with the next', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const first = buffer.flush();
    blue.add(10);
    series('type="red"').add(100);
    release();
    await first;
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 1 });
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 11, 'type="red"': 100 });
    expect(store.batches).toHaveLength(2);
  });

  it('arrive once when the batch fails', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const first = buffer.flush();
    blue.add(10);
    release('fail');
    await expect(first).rejects.toThrow(StoreUnavailableError);
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 11 });
  });
});

describe('definitions', () => {
  it('go once, though there be no change', async () => {
    const { buffer, series, family } = openBuffer(store);
    family(gauge);
    await buffer.flush();
    expect(store.batches).toEqual([expect.objectContaining({ definitions: [gauge], families: [] })]);
    series('', gauge).add(1);
    await buffer.flush();
    await buffer.flush();
    expect(store.batches.map(({ definitions }) => definitions)).toEqual([[gauge], []]);
  });

  it('go again with the same batch when the store asks for them', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    series('', gauge).put(1);
    await buffer.flush();
    blue.add(5);
    store.answer(() => Promise.resolve({ outcome: 'undefined', families: ['orders_total'] }));
    await buffer.flush();
    const [, asking, sent] = store.batches;
    expect(asking?.definitions).toEqual([]);
    expect(sent).toEqual({ ...asking, definitions: [counter] });
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 6 });
  });

  it('go to a store that was emptied, and what is counted from then on is there', async () => {
    const full = new ScriptedStore();
    const emptied = new ScriptedStore();
    const { buffer, series } = openBuffer(full);
    const blue = series('type="blue"');
    blue.add(5);
    await buffer.flush();
    jest.spyOn(full.series, 'apply').mockImplementation((to, batch) => emptied.series.apply(to, batch));
    blue.add(2);
    await buffer.flush();
    expect(await emptied.valuesOf(counter)).toEqual({ 'type="blue"': 2 });
    expect(await emptied.series.definitions(group)).toEqual([counter]);
  });

  it('are sent with the batch again when its answer is lost after the store asked for them', async () => {
    const { buffer, series } = openBuffer(store);
    series('', gauge).put(1);
    await buffer.flush();
    series('', gauge).add(1);
    store.answer(() => Promise.resolve({ outcome: 'undefined', families: ['depth'] }), answerLost);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    await buffer.flush();
    expect(store.batches.map(({ sequence, definitions }) => [sequence, definitions.length])).toEqual([
      [1, 1],
      [2, 0],
      [2, 1],
      [2, 1],
    ]);
    expect(await store.valuesOf(gauge)).toEqual({ '': 2 });
  });

  it('go when a family is defined while a batch is under way', async () => {
    const { buffer, series, family } = openBuffer(store);
    series('type="blue"').add(1);
    const release = store.hold();
    const first = buffer.flush();
    family(gauge);
    const second = buffer.flush();
    release();
    await Promise.all([first, second]);
    expect(await store.series.definitions(group)).toEqual([gauge, counter]);
  });

  it('give the same buffer for the same name', () => {
    const { buffer } = openBuffer(store);
    expect(buffer.family(counter)).toBe(buffer.family(counter));
    expect(buffer.family(counter)).not.toBe(buffer.family(gauge));
  });
});

describe('clear()', () => {
  it('forgets everything stored and everything that waits; what comes later is sent anew', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    await buffer.flush();
    blue.add(10);
    buffer.clear();
    blue.add(100);
    await buffer.flush();
    expect(store.batches[1]).toMatchObject({
      sequence: 2,
      clear: 'all',
      definitions: [counter],
      families: [{ family: 'orders_total', updates: [add('type="blue"', 100)] }],
    });
    expect(store.batches).toHaveLength(2);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
  });

  it('forgets the batch that is under way, too, and sends definitions after it', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const first = buffer.flush();
    blue.add(10);
    buffer.clear();
    blue.add(100);
    release();
    await first;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
    expect(await store.series.definitions(group)).toEqual([counter]);
    expect(store.batches.map(({ clear, definitions }) => [clear, definitions.length])).toEqual([
      [[], 1],
      ['all', 1],
    ]);
  });

  it('comes after the batch that was lost before it', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    store.answer(answerLost, refused);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    buffer.clear();
    blue.add(100);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    await buffer.flush();
    expect(store.batches.map(({ sequence, clear }) => [sequence, clear])).toEqual([
      [1, []],
      [1, []],
      [1, []],
      [2, 'all'],
    ]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
  });

  it('forgets what a long flush has not sent yet', async () => {
    const { buffer, series } = openBuffer(store);
    const all = Array.from({ length: 1_500 }, (_, at) => series(labelsOf(at)));
    for (const one of all) one.add(1);
    const release = store.hold();
    const flushing = buffer.flush();
    await settle();
    buffer.clear();
    all[0]?.add(5);
    all[1_499]?.add(7);
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ [labelsOf(0)]: 5, [labelsOf(1_499)]: 7 });
  });

  it('twice while a batch is under way is no more than once', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    buffer.clear();
    const release = store.hold();
    const flushing = buffer.flush();
    await settle();
    buffer.clear();
    buffer.clear();
    blue.add(3);
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 3 });
    expect(await store.series.definitions(group)).toEqual([counter]);
  });

  it('is repeated with its batch when the answer is lost, and forgets nothing that came later', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    buffer.clear();
    store.answer(answerLost);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    blue.add(3);
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 3 });
  });

  it('is sent though no family was ever defined', async () => {
    const other = openBuffer(store);
    other.series('type="blue"').add(1);
    await other.buffer.flush();
    const { buffer } = openBuffer(store);
    buffer.clear();
    await buffer.flush();
    expect(await store.series.definitions(group)).toEqual([]);
  });
});

describe('the one series of an unlabelled metric', () => {
  it('exists at 0 from its definition, and again after clear() and after a reset', async () => {
    const { buffer, series, family } = openBuffer(store);
    const only = series('', gauge);
    family(gauge).keepPresent(only);
    await buffer.flush();
    expect(await store.valuesOf(gauge)).toEqual({ '': 0 });
    only.add(5);
    await buffer.flush();
    buffer.clear();
    await buffer.flush();
    expect(await store.valuesOf(gauge)).toEqual({ '': 0 });
    only.add(5);
    family(gauge).reset();
    await buffer.flush();
    expect(await store.valuesOf(gauge)).toEqual({ '': 0 });
  });

  it('exists after clear() while the batch with its changes was under way', async () => {
    const { buffer, series, family } = openBuffer(store);
    const only = series('', gauge);
    family(gauge).keepPresent(only);
    only.add(5);
    const release = store.hold();
    const flushing = buffer.flush();
    await settle();
    buffer.clear();
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(gauge)).toEqual({ '': 0 });
  });
});

describe('removal', () => {
  it('of a series stands between what was counted before and after', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    await buffer.flush();
    blue.add(10);
    blue.remove();
    blue.add(100);
    await buffer.flush();
    expect(store.batches[1]?.families).toMatchObject([
      {
        family: 'orders_total',
        updates: [{ op: 'remove', labels: 'type="blue"' }, add('type="blue"', 100)],
      },
    ]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
  });

  it('of a series that was set forgets the value that waits', async () => {
    const { buffer, series } = openBuffer(store);
    const depth = series('', gauge);
    depth.put(9);
    depth.remove();
    await buffer.flush();
    expect(store.batches[0]?.families[0]?.updates).toEqual([{ op: 'remove', labels: '' }]);
    depth.add(1);
    await buffer.flush();
    expect(store.batches[1]?.families[0]?.updates).toEqual([add('', 1)]);
  });

  it('of a series while its change is under way comes after it', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const flushing = buffer.flush();
    await settle();
    blue.remove();
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({});
  });

  it('of all series stands between what was counted before and after, and leaves other families', async () => {
    const { buffer, series, family } = openBuffer(store);
    const [blue, red] = [series('type="blue"'), series('type="red"')];
    const depth = series('', gauge);
    blue.add(1);
    red.add(1);
    depth.add(1);
    await buffer.flush();
    blue.add(10);
    depth.add(10);
    family().reset();
    red.add(100);
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="red"': 100 });
    expect(await store.valuesOf(gauge)).toEqual({ '': 11 });
    expect(store.batches[1]?.show).toEqual([{ family: 'orders_total', shape: 'counter' }]);
    expect(store.batches[1]?.families).toMatchObject([
      { family: 'orders_total', mode: 'begin', updates: [add('type="red"', 100)] },
      { family: 'depth', updates: [add('', 10)] },
    ]);
  });

  it('of all series in the middle of a long flush drops its rest, and keeps what came after', async () => {
    const { buffer, series, family } = openBuffer(store);
    const all = Array.from({ length: 1_500 }, (_, at) => series(labelsOf(at)));
    for (const one of all) one.add(1);
    const release = store.hold();
    const flushing = buffer.flush();
    await settle();
    family().reset();
    all[0]?.add(5);
    all[1_499]?.add(7);
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ [labelsOf(0)]: 5, [labelsOf(1_499)]: 7 });
  });

  it('of all series is not repeated once it was sent', async () => {
    const { buffer, series, family } = openBuffer(store);
    const blue = series('type="blue"');
    family().reset();
    blue.add(1);
    store.answer(answerLost);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    blue.add(2);
    await buffer.flush();
    expect(store.batches.map(({ families }) => families[0]?.mode)).toEqual(['begin', 'begin', undefined]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 3 });
  });
});

describe('flush()', () => {
  it('brings everything counted before the call, also what a running flush has passed by', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const first = buffer.flush();
    await settle();
    blue.add(10);
    const second = buffer.flush();
    release();
    await second;
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 11 });
    await first;
  });

  it('does not wait for what is counted after the call', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const flushing = buffer.flush();
    blue.add(10);
    await flushing;
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 1 });
  });

  it('sends nothing when nothing waits', async () => {
    const { buffer, family } = openBuffer(store);
    family();
    await buffer.flush();
    await buffer.flush();
    expect(store.batches).toHaveLength(1);
    const empty = openBuffer(store);
    await empty.buffer.flush();
    expect(store.batches).toHaveLength(1);
  });

  it('rejects with the error of the store, and nothing is lost', async () => {
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(5);
    store.leave();
    await expect(buffer.flush()).rejects.toEqual(unavailable());
    blue.add(1);
    await expect(buffer.flush()).rejects.toEqual(unavailable());
    expect(listener.storeFailed).toHaveBeenCalledTimes(2);
    expect(listener.storeAnswered).not.toHaveBeenCalled();
    store.comeBack();
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 6 });
    // Two batches, and the number of each.
    expect(listener.storeAnswered).toHaveBeenCalledTimes(4);
  });

  it('tries by itself when the flush it waited for has failed', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    const release = store.hold();
    const first = buffer.flush();
    const second = buffer.flush();
    release('fail');
    await expect(first).rejects.toThrow(StoreUnavailableError);
    await second;
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 5 });
  });

  it('keeps the order of a hundred flushes among a thousand increments', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    const seen: [number, unknown][] = [];
    const flushes: Promise<void>[] = [];
    for (let made = 1; made <= 1_000; made += 1) {
      blue.add(1);
      if (made % 10 > 0) continue;
      flushes.push(
        buffer.flush().then(async () => {
          seen.push([made, (await store.valuesOf(counter))['type="blue"']]);
        }),
      );
      if (made % 50 === 0) await Promise.resolve();
    }
    await Promise.all(flushes);
    expect(seen).toHaveLength(100);
    expect(seen.filter(([made, stored]) => (stored as number) < made)).toEqual([]);
  });
});

describe('memory while the store is away', () => {
  it('is bounded by the series, not by the events', async () => {
    const { buffer, series } = openBuffer(store);
    const all = Array.from({ length: 10 }, (_, at) => series(labelsOf(at)));
    for (const one of all) one.add(1);
    store.leave();
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    for (let event = 0; event < 100_000; event += 1) all[event % 10]?.add(1);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
    store.comeBack();
    store.batches.length = 0;
    await buffer.flush();
    expect(store.batches.map(({ families }) => families[0]?.updates.length)).toEqual([10, 10]);
    const values = Object.values(await store.valuesOf(counter)) as number[];
    expect(values.reduce((sum, value) => sum + value)).toBe(100_010);
  });
});

describe('a store in memory', () => {
  it('holds what the buffer sends', async () => {
    const memory = new MemoryStore();
    const { buffer, series } = openBuffer(memory);
    series('type="blue"').add(5);
    await buffer.flush();
    expect(await memory.series.definitions(group)).toEqual([counter]);
  });
});

describe('two processes that were resumed from one image', () => {
  /** Each has what the other has: the id, the numbers, and what was counted and not stored. */
  function clones(): [ReturnType<typeof openBuffer>, ReturnType<typeof openBuffer>] {
    const id = jest.spyOn(crypto, 'randomUUID').mockReturnValue('00000000-0000-4000-8000-000000000000');
    const both = [openBuffer(store), openBuffer(store)] as const;
    id.mockRestore();
    return [...both];
  }

  it('count 10 each: 20, also with equal batches', async () => {
    const [one, other] = clones();
    for (const each of [one, other]) each.series('type="blue"').add(10);
    await Promise.all([one.buffer.flush(), other.buffer.flush()]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 20 });
    for (const each of [one, other]) each.series('type="blue"').add(1);
    await one.buffer.flush();
    await other.buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 22 });
  });

  it('lose nothing when one of them is ten batches behind, which is said', async () => {
    const [one, other] = clones();
    const [ahead, behind] = [one.series('type="blue"'), other.series('type="blue"')];
    for (let at = 0; at < 10; at += 1) {
      ahead.add(1);
      await one.buffer.flush();
    }
    for (let at = 0; at < 10; at += 1) {
      behind.add(1);
      await other.buffer.flush();
    }
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 20 });
    expect(other.listener.copied).toHaveBeenCalledTimes(1);
    expect(one.listener.copied).not.toHaveBeenCalled();
  });
});

describe('a store that is older than it was', () => {
  it('is told apart by the numbers, once, and gets what comes next', async () => {
    const older = new ScriptedStore();
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    for (let at = 0; at < 3; at += 1) {
      blue.add(1);
      await buffer.flush();
    }
    jest.spyOn(store.series, 'number').mockImplementation((...asked) => older.series.number(...asked));
    jest.spyOn(store.series, 'apply').mockImplementation((...sent) => older.series.apply(...sent));
    for (const value of [5, 6]) {
      blue.add(value);
      await buffer.flush();
    }
    expect(await older.valuesOf(counter)).toEqual({ 'type="blue"': 11 });
    expect(listener.lost.mock.calls).toEqual([[3]]);
  });
});

describe('a family that cannot be written', () => {
  it('takes no other with it, and is told', async () => {
    const { buffer, series, listener } = openBuffer(store);
    series('type="blue"').add(1);
    series('', gauge).put(5);
    store.answer(() => Promise.resolve({ outcome: 'failed', family: 'depth', reason: 'WRONGTYPE' }));
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 1 });
    expect(await store.valuesOf(gauge)).toEqual({});
    expect(listener.failed.mock.calls).toEqual([['depth', 'WRONGTYPE']]);
    series('', gauge).put(6);
    await buffer.flush();
    expect(await store.valuesOf(gauge)).toEqual({ '': 6 });
  });

  it('nor is a batch that was stored in part sent again', async () => {
    const { buffer, series, listener } = openBuffer(store);
    series('type="blue"').add(1);
    store.answer(() => Promise.resolve({ outcome: 'torn', reason: 'NOPERM' }));
    await buffer.flush();
    expect(store.batches).toHaveLength(1);
    expect(listener.torn.mock.calls).toEqual([['NOPERM']]);
  });
});

describe('what replaces a family, or a group', () => {
  it('is shown with its last batch, however many it takes', async () => {
    const { buffer, series, family } = openBuffer(store);
    const shown: number[] = [];
    const sets = (from: number, to: number): void => {
      for (let at = from; at < to; at += 1) series(labelsOf(at), gauge).put(at);
    };
    const look = async (): Promise<void> => {
      shown.push(Object.keys(await store.valuesOf(gauge)).length);
    };
    const apply = store.series.apply.bind(store.series);
    jest.spyOn(store.series, 'apply').mockImplementation(async (...sent) => {
      const result = await apply(...sent);
      await look();
      return result;
    });
    sets(0, 150);
    await buffer.flush();
    family(gauge).reset();
    sets(1_000, 1_900);
    await buffer.flush();
    expect([...new Set(shown)]).toEqual([150, 900]);
    expect(shown.length).toBeGreaterThan(4);
    buffer.clear();
    sets(2_000, 2_300);
    shown.length = 0;
    await buffer.flush();
    expect([...new Set(shown)]).toEqual([900, 300]);
  });

  it.each(['reset', 'clear'] as const)('%s(): is whole, whichever answers get lost on its way', async (verb) => {
    const seen: unknown[] = [];
    const losses = Array.from({ length: 15 }, (_, at) => [at, at + 2]);
    for (const lost of losses) {
      const other = new ScriptedStore();
      const { buffer, series, family, listener } = openBuffer(other);
      series(labelsOf(0), gauge).put(5);
      await buffer.flush();
      let asked = -1;
      const losing = async <Result>(answer: Promise<Result>): Promise<Result> => {
        const at = ++asked;
        const result = await answer;
        if (lost.includes(at)) throw unavailable();
        return result;
      };
      const apply = other.series.apply.bind(other.series);
      const number = other.series.number.bind(other.series);
      other.series.apply = (...sent) => losing(apply(...sent));
      other.series.number = (...about) => losing(number(...about));
      if (verb === 'clear') buffer.clear();
      else family(gauge).reset();
      for (let at = 1; at <= 900; at += 1) series(labelsOf(at), gauge).put(at);
      for (let attempt = 0; attempt < 3; attempt += 1) await buffer.flush().catch(() => undefined);
      const values = Object.values(await other.valuesOf(gauge)) as number[];
      seen.push([values.length, values.reduce((sum, value) => sum + value, 0), listener.lost.mock.calls]);
    }
    expect(seen).toEqual(losses.map(() => [900, (900 * 901) / 2, []]));
  });

  it('weighs what it is for the store: large histograms and summaries go in batches of few', async () => {
    const { buffer, family } = openBuffer(store);
    const bounds = Array.from({ length: 1_600 }, (_, at) => at);
    const wide = resolveDefinition({
      name: 'wide',
      help: 'x',
      type: 'histogram',
      buckets: bounds,
      labelNames: ['type'],
    });
    for (let at = 0; at < 20; at += 1) new HistogramAccumulator(labelsOf(at), family(wide), bounds).observe(at);
    await buffer.flush();
    const sizes = store.batches.map(({ families }) => families.reduce((sum, { updates }) => sum + updates.length, 0));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
  });
});

it('clear() replaces nothing that others count after it', async () => {
  const one = openBuffer(store);
  const other = openBuffer(store);
  const mine = one.series('', gauge);
  one.series('type="blue"').add(1);
  one.buffer.clear();
  await one.buffer.flush();
  other.series('', gauge).add(3);
  await other.buffer.flush();
  mine.add(4);
  await one.buffer.flush();
  expect(await store.valuesOf(gauge)).toEqual({ '': 7 });
});
