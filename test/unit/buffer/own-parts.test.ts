import { PartAccumulator, UpdateBuffer } from '../../../lib/buffer/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import type { Batch } from '../../../lib/store/index.js';
import { group, NEVER_MS, openBuffer, ScriptedStore } from './support.js';

const open = resolveDefinition({ name: 'open', help: 'Open', type: 'gauge', labelNames: ['a'], aggregation: 'sum' });

let store: ScriptedStore;
const buffers: UpdateBuffer[] = [];
beforeEach(() => {
  store = new ScriptedStore();
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const buffer of buffers.splice(0)) buffer.stop();
});

/** One process. */
function start(): UpdateBuffer {
  const { listener } = openBuffer(store);
  const buffer = new UpdateBuffer(group, store.series, NEVER_MS, listener, undefined, store.processes);
  buffers.push(buffer);
  return buffer;
}

const partOf = (buffer: UpdateBuffer, labels = ''): PartAccumulator => new PartAccumulator(labels, buffer.family(open));

describe('values of a process that the store has lost', () => {
  it('are sent again when a sign of life shows that a confirmed batch is gone', async () => {
    const buffer = start();
    partOf(buffer).put(5);
    await buffer.flush();
    const live = jest.spyOn(store.processes, 'live');
    await buffer.parts.sign();
    const { writer, sequence } = store.batches.at(-1) as Batch;
    expect(live.mock.calls.at(-1)?.[3]).toEqual({ writer, sequence });
    expect(sequence).toBe(1);
    // As after a failover to a replica that had the sign alone.
    const states = jest.spyOn(store.series, 'number');
    live.mockResolvedValueOnce({ sign: 1, isKnown: false });
    await buffer.parts.sign();
    await buffer.flush();
    expect(states).toHaveBeenCalledTimes(1);
    expect(store.batches.at(-1)?.families[0]?.updates).toEqual([expect.objectContaining({ op: 'part', value: 5 })]);
  });

  it('are stored again after a sign of life, or the store would take the process for dead', async () => {
    const older = new ScriptedStore();
    const buffer = start();
    const part = partOf(buffer);
    for (const value of [9, 10]) {
      part.put(value);
      await buffer.flush();
    }
    jest.spyOn(store.series, 'number').mockImplementation((...asked) => older.series.number(...asked));
    jest.spyOn(store.series, 'apply').mockImplementation((...sent) => older.series.apply(...sent));
    jest.spyOn(store.processes, 'live').mockImplementation((...sign) => older.processes.live(...sign));
    part.put(11);
    await buffer.flush();
    expect(await older.valuesOf(open)).toEqual({ '': 11 });
  });
});

it('no sign of life is given after the end, also if the store is away', async () => {
  jest.useFakeTimers();
  try {
    const buffer = start();
    partOf(buffer).put(5);
    await buffer.flush();
    expect(jest.getTimerCount()).toBe(1);
    store.leave();
    await buffer.close(0);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

describe('values of processes that are forgotten', () => {
  it('clear(): the process goes on from what it had, and sends it whole with the next change', async () => {
    const buffer = start();
    const part = partOf(buffer);
    part.add(3);
    await buffer.flush();
    buffer.clear();
    await buffer.flush();
    await buffer.parts.renew();
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({});
    part.add(-1);
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ '': 2 });
    part.add(-2);
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ '': 0 });
  });

  it.each(['reset', 'remove'] as const)('%s(): those of this process, as before it sets them anew', async (verb) => {
    const [buffer, other] = [start(), start()];
    const [part, old] = [partOf(buffer, 'a="b"'), partOf(buffer, 'a="old"')];
    const forget = (): void => {
      if (verb === 'reset') buffer.family(open).reset();
      else for (const each of [part, old]) each.remove();
    };
    part.put(10);
    old.put(1);
    partOf(other, 'a="b"').put(20);
    await Promise.all([buffer.flush(), other.flush()]);
    forget();
    part.put(11);
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ 'a="b"': 31 });
    forget();
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ 'a="b"': 20 });
    part.add(1);
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ 'a="b"': 21 });
  });

  it('reset() after clear(): the process begins from 0', async () => {
    const buffer = start();
    const part = partOf(buffer);
    part.add(3);
    buffer.clear();
    buffer.family(open).reset();
    part.add(1);
    await buffer.flush();
    expect(await store.valuesOf(open)).toEqual({ '': 1 });
  });
});
