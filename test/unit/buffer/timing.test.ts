import { setTimeout as wait } from 'node:timers/promises';
import { HistogramAccumulator, SummaryAccumulator } from '../../../lib/buffer/index.js';
import { StoreUnavailableError } from '../../../lib/errors/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { waitFor } from '../../support/wait-for.js';
import { closeBuffers, counter, gauge, openBuffer, type Opened, refused, ScriptedStore } from './support.js';

const sizes = resolveDefinition({ name: 'sizes', help: 'Sizes', type: 'histogram' });
const spans = resolveDefinition({ name: 'spans', help: 'Spans', type: 'summary' });

let store: ScriptedStore;

/** When the store was asked for a number or sent a batch, in milliseconds since the test began; once for one moment. */
let times: number[];

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  store = new ScriptedStore();
  times = [];
  const { series } = store;
  const [apply, number] = [series.apply.bind(series), series.number.bind(series)];
  const note = (): void => {
    if (times.at(-1) !== Date.now()) times.push(Date.now());
  };
  jest.spyOn(series, 'apply').mockImplementation((to, batch) => {
    note();
    return apply(to, batch);
  });
  jest.spyOn(series, 'number').mockImplementation((to, writer, last) => {
    note();
    return number(to, writer, last);
  });
});

afterEach(async () => {
  jest.useRealTimers();
  await closeBuffers();
});

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('an increment', () => {
  it('goes to the store after the flush interval, with all that came meanwhile', async () => {
    const { series } = openBuffer(store, 250);
    const blue = series('type="blue"');
    blue.add(1);
    await pass(249);
    blue.add(1);
    expect(times).toEqual([]);
    await pass(1);
    expect(times).toEqual([250]);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 2 });
  });

  it('lets no timer run where there is nothing to do', async () => {
    const { series } = openBuffer(store, 250);
    const blue = series('type="blue"');
    expect(jest.getTimerCount()).toBe(1);
    await pass(1_000);
    expect(jest.getTimerCount()).toBe(0);
    blue.add(1);
    expect(jest.getTimerCount()).toBe(1);
    await pass(250);
    expect(jest.getTimerCount()).toBe(0);
    expect(times).toEqual([250, 1_250]);
  });

  it('made while a batch is under way goes an interval after that', async () => {
    const { series } = openBuffer(store, 250);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    await pass(250);
    blue.add(1);
    await pass(20);
    expect(times).toEqual([250]);
    release();
    await pass(250);
    expect(times).toEqual([250, 520]);
  });

  it.each([
    ['a flush that took long is followed by nine times as long', 50, 450],
    ['however long a flush took, four intervals later comes the next', 5_000, 1_000],
  ])('%s', async (_, took, rest) => {
    const { series } = openBuffer(store, 250);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    await pass(250 + took);
    release();
    blue.add(1);
    await pass(rest);
    expect(times).toEqual([250, 250 + took + rest]);
  });

  it('does not wait for a rest that has passed while nothing was counted', async () => {
    const { series } = openBuffer(store, 250);
    const blue = series('type="blue"');
    blue.add(1);
    const release = store.hold();
    await pass(350);
    release();
    await pass(800);
    blue.add(1);
    await pass(250);
    expect(times).toEqual([250, 1_400]);
  });

  it('goes at once with flush(), after which no timer is left', async () => {
    const { buffer, series } = openBuffer(store, 250);
    series('type="blue"').add(1);
    await pass(100);
    await buffer.flush();
    expect(times).toEqual([100]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a store that is away', () => {
  it('is asked at growing intervals, a second at the most, and at the usual one when it is back', async () => {
    const { series } = openBuffer(store, 100);
    const blue = series('type="blue"');
    blue.add(1);
    store.leave();
    await pass(5_000);
    expect(times.map((time, at) => time - (times[at - 1] ?? 0))).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
    store.comeBack();
    await pass(1_000);
    blue.add(1);
    const before = times.length;
    await pass(100);
    expect(times.length).toBe(before + 1);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 2 });
  });

  it('is asked no more often than at a flush interval that is longer than a second', async () => {
    const { series } = openBuffer(store, 3_000);
    series('type="blue"').add(1);
    store.leave();
    await pass(9_500);
    expect(times).toEqual([3_000, 6_000, 9_000]);
  });

  it('has one timer, however much is counted', async () => {
    const { series } = openBuffer(store, 100);
    store.leave();
    for (let at = 0; at < 100; at += 1) {
      series(`type="${at}"`).add(1);
      await pass(50);
    }
    expect(jest.getTimerCount()).toBe(1);
  });

  it('that fails in the background leaves no rejection unhandled', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const { series } = openBuffer(store, 100);
    series('type="blue"').add(1);
    store.leave();
    await pass(3_000);
    jest.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(times.length).toBeGreaterThan(3);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('close()', () => {
  beforeEach(() => {
    jest.useRealTimers();
  });

  it('sends what waits, and then stops', async () => {
    const { buffer, series } = openBuffer(store, 1);
    const blue = series('type="blue"');
    blue.add(5);
    await buffer.close(60_000);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 5 });
    const sent = store.batches.length;
    jest.useFakeTimers();
    blue.add(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(store.batches).toHaveLength(sent);
  });

  it('ends at once when nothing waits', async () => {
    const { buffer } = openBuffer(store);
    await buffer.close(60_000);
    expect(store.batches).toEqual([]);
  });

  it('tries again until the store answers', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    store.answer(refused, refused);
    await buffer.close(60_000);
    expect(store.batches).toHaveLength(3);
    expect(await store.valuesOf(counter)).toEqual({ 'type="blue"': 5 });
  });

  it('gives up at the deadline when the store refuses', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    store.leave();
    const asked = jest.spyOn(store.series, 'number');
    const begun = performance.now();
    await buffer.close(250);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(240);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(2);
    await expect(buffer.flush()).rejects.toThrow(StoreUnavailableError);
  });

  it('tries once, and says how much is lost, if the store was never reached', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    series('type="red"').add(1);
    store.leave();
    const asked = jest.spyOn(store.series, 'number');
    expect(await buffer.close(60_000, () => false)).toBe(2);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('gives a store that was never asked all its time, and one that was asked in vain a moment', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    const release = store.hold();
    const closing = buffer.close(60_000, () => false);
    await wait(300);
    release('fail');
    expect(await closing).toBe(1);
    store.hold();
    expect(await buffer.close(60_000, () => false)).toBe(1);
  });

  it.each<[string, (opened: Opened) => void]>([
    ['definitions', ({ family }) => family()],
    [
      'a series that is only there',
      ({ family, series }) => {
        family(gauge).keepPresent(series('', gauge));
      },
    ],
  ])('tries once if nothing waits but %s', async (_, define) => {
    const opened = openBuffer(store);
    define(opened);
    store.leave();
    const asked = jest.spyOn(store.series, 'number');
    expect(await opened.buffer.close(60_000)).toBe(0);
    // The second time they are in a batch.
    expect(await opened.buffer.close(60_000)).toBe(0);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it.each<[string, (opened: Opened) => void]>([
    [
      'a value that was set to 0',
      ({ series }) => {
        series('', gauge).put(0);
      },
    ],
    [
      'a series that was removed',
      ({ series }) => {
        series('type="blue"').remove();
      },
    ],
    [
      'a reset',
      ({ family }) => {
        family().reset();
      },
    ],
    [
      'a clearing',
      ({ buffer }) => {
        buffer.clear();
      },
    ],
    [
      'an observation of 0',
      ({ family }) => {
        new HistogramAccumulator('', family(sizes), sizes.buckets).observe(0);
      },
    ],
    [
      'an observation of a summary',
      ({ family }) => {
        new SummaryAccumulator('', family(spans), 600).observe(0);
      },
    ],
  ])('tries again if %s waits', async (_, change) => {
    const opened = openBuffer(store);
    change(opened);
    store.leave();
    const asked = jest.spyOn(store.series, 'number');
    const closing = opened.buffer.close(60_000);
    await waitFor(() => asked.mock.calls.length >= 3, { message: 'two further attempts' });
    store.comeBack();
    expect(await closing).toBe(0);
  });

  it('gives up at the deadline when the store does not answer at all', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    store.hold();
    await buffer.close(50);
    expect(store.batches).toHaveLength(1);
  });

  it('sends what is counted while it is closing', async () => {
    const { buffer, series } = openBuffer(store);
    series('type="blue"').add(5);
    const release = store.hold();
    const closing = buffer.close(60_000);
    series('', gauge).put(7);
    release();
    await closing;
    expect(await store.valuesOf(gauge)).toEqual({ '': 7 });
  });
});
