import { MetricClashError } from '../../../lib/errors/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { answerLost, closeBuffers, counter, gauge, group, openBuffer, ScriptedStore, settle } from './support.js';

const MESSAGE =
  'Metric "orders_total" of job "shop" is a counter here, but another process stored it as a gauge: ' +
  'rename one of them, or forget the stored values with clear()';

const stored = resolveDefinition({ name: 'orders_total', help: 'x', type: 'gauge', labelNames: ['type'] });

let store: ScriptedStore;

beforeEach(async () => {
  store = new ScriptedStore();
  const other = openBuffer(store);
  other.series('type="theirs"', stored).set(42);
  await other.buffer.flush();
  store.batches.length = 0;
});
afterEach(closeBuffers);

describe('a family that another process has stored as something else', () => {
  it('makes flush() reject with a clash, and the others go on', async () => {
    const { buffer, series, listener } = openBuffer(store);
    series('type="blue"').add(1);
    series('', gauge).set(7);
    await expect(buffer.flush()).rejects.toEqual(
      expect.objectContaining({ constructor: MetricClashError, code: 'ERR_METRIC_CLASH', message: MESSAGE }),
    );
    expect(await store.valuesOf(gauge)).toEqual({ '': 7 });
    expect(await store.valuesOf(stored)).toEqual({ 'type="theirs"': 42 });
    expect(store.batches.map(({ sequence, families }) => [sequence, families.map(({ family }) => family)])).toEqual([
      [1, ['orders_total', 'depth']],
      [1, ['depth']],
    ]);
    expect(listener.clashed.mock.calls).toEqual([[expect.any(MetricClashError)]]);
    expect(listener.storeFailed).not.toHaveBeenCalled();
  });

  it('is told once, drops what is counted on, and makes every later flush() reject', async () => {
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    const depth = series('', gauge);
    for (let round = 0; round < 3; round += 1) {
      blue.add(1);
      depth.add(1);
      await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    }
    expect(listener.clashed).toHaveBeenCalledTimes(1);
    expect(await store.valuesOf(gauge)).toEqual({ '': 3 });
    const sent = store.batches.slice(2).flatMap(({ families, definitions }) => [...families, ...definitions]);
    expect(sent.map((part) => ('family' in part ? part.family : part.name))).toEqual(['depth', 'depth']);
  });

  it('leaves no work behind: nothing is sent while only it changes', async () => {
    const { buffer, series } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    store.batches.length = 0;
    blue.add(1);
    blue.remove();
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    expect(store.batches).toEqual([]);
  });

  it('keeps the values of the other process when it is reset here', async () => {
    const { buffer, series, family } = openBuffer(store);
    series('type="blue"').add(1);
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    family().reset();
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    expect(await store.valuesOf(stored)).toEqual({ 'type="theirs"': 42 });
  });

  it('works after clear(), from 0', async () => {
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    blue.add(10);
    buffer.clear();
    blue.add(100);
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
    expect(await store.series.definitions(group)).toEqual([counter]);
    expect(listener.clashed).toHaveBeenCalledTimes(1);
  });

  it('works after clear() also when the clash is only then being told', async () => {
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    const flushing = buffer.flush().catch((error: unknown) => error);
    await settle();
    buffer.clear();
    blue.add(100);
    release();
    await flushing;
    await buffer.flush();
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 100 });
    expect(await store.series.definitions(group)).toEqual([counter]);
    expect(listener.clashed).not.toHaveBeenCalled();
  });

  it('is noticed, too, when it was fine until the other process forgot everything and stored it anew', async () => {
    const { buffer, series, listener } = openBuffer(store);
    buffer.clear();
    const blue = series('type="blue"');
    blue.add(1);
    await buffer.flush();
    const other = openBuffer(store);
    other.buffer.clear();
    other.series('type="blue"', stored).set(42);
    await other.buffer.flush();
    blue.add(1);
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    expect(await store.valuesOf(stored)).toEqual({ 'type="blue"': 42 });
    expect(listener.clashed).toHaveBeenCalledTimes(1);
  });

  it('is told again when it happens again after clear()', async () => {
    const { buffer, series, listener } = openBuffer(store);
    const blue = series('type="blue"');
    blue.add(1);
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    buffer.clear();
    store.answer(() =>
      Promise.resolve({ outcome: 'clash', clashes: [{ family: 'orders_total', storedShape: 'summary over 60 s' }] }),
    );
    blue.add(1);
    await expect(buffer.flush()).rejects.toThrow('but another process stored it as a summary over 60 s: rename one');
    expect(listener.clashed).toHaveBeenCalledTimes(2);
  });

  it('is left out of the batch also when the answer to that is lost', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(1);
    series('', gauge).add(7);
    store.answer((_, apply) => apply(), answerLost);
    await expect(buffer.flush()).rejects.toThrow('does not answer');
    await expect(buffer.flush()).rejects.toThrow(MESSAGE);
    expect(await store.valuesOf(gauge)).toEqual({ '': 7 });
  });

  it.each([
    [
      { name: 'orders_total', help: 'x', type: 'histogram', buckets: [1, 2] },
      'is a histogram with buckets 1, 2 here, but another process stored it as a gauge',
    ],
    [
      { name: 'orders_total', help: 'x', type: 'summary', maxAgeSeconds: 60 },
      'is a summary over 60 s here, but another process stored it as a gauge',
    ],
  ] as const)('is described by what matters: %p', async (definition, words) => {
    const { buffer, family } = openBuffer(store);
    family(resolveDefinition(definition));
    await expect(buffer.flush()).rejects.toThrow(
      `Metric "orders_total" of job "shop" ${words}: rename one of them, or forget the stored values with clear()`,
    );
  });
});
