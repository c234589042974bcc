import { HistogramAccumulator, NumberAccumulator, SummaryAccumulator } from '../../../lib/buffer/index.js';
import type { Accumulator, DirtyList } from '../../../lib/buffer/index.js';
import { sketchBin, summarySlice } from '../../../lib/model/index.js';

class List implements DirtyList {
  readonly entries: Accumulator[] = [];

  add(accumulator: Accumulator): void {
    this.entries.push(accumulator);
  }
}

let list: List;

beforeEach(() => {
  list = new List();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('NumberAccumulator', () => {
  it('announces itself once until it is taken', () => {
    const number = new NumberAccumulator('a="b"', list);
    expect(list.entries).toEqual([]);
    number.add(1);
    number.add(1);
    number.put(3);
    number.change();
    expect(list.entries).toEqual([number]);
    number.take();
    number.add(1);
    expect(list.entries).toEqual([number, number]);
  });

  it('adds steps up', () => {
    const number = new NumberAccumulator('a="b"', list);
    number.add(1.5);
    number.add(-4);
    expect(number.take()).toEqual([{ op: 'add', labels: 'a="b"', value: -2.5 }]);
    expect(number.take()).toEqual([]);
  });

  it('sends the last value that was set, and steps since', () => {
    const number = new NumberAccumulator('', list);
    number.add(100);
    number.put(5);
    number.put(7);
    number.add(-1);
    expect(number.take()).toEqual([{ op: 'set', labels: '', value: 6 }]);
    number.add(2);
    expect(number.take()).toEqual([{ op: 'add', labels: '', value: 2 }]);
  });

  it('exists by being touched', () => {
    const number = new NumberAccumulator('', list);
    number.change();
    expect(number.take()).toEqual([{ op: 'add', labels: '', value: 0 }]);
  });

  it('is removed before it begins anew', () => {
    const number = new NumberAccumulator('', list);
    number.put(5);
    number.remove();
    number.add(1);
    number.remove();
    expect(number.take()).toEqual([{ op: 'remove', labels: '' }]);
    number.remove();
    number.put(2);
    expect(number.take()).toEqual([
      { op: 'remove', labels: '' },
      { op: 'set', labels: '', value: 2 },
    ]);
  });

  it('forgets what it would change', () => {
    const number = new NumberAccumulator('', list);
    number.remove();
    number.put(5);
    number.drop();
    expect(number.take()).toEqual([]);
    number.add(1);
    expect(number.take()).toEqual([{ op: 'add', labels: '', value: 1 }]);
  });
});

describe('HistogramAccumulator', () => {
  it.each<[number, number[]]>([
    [-1e300, [1, 0, 0, 0]],
    [0.1, [1, 0, 0, 0]],
    [0.10000000000000002, [0, 1, 0, 0]],
    [1, [0, 1, 0, 0]],
    [5, [0, 0, 1, 0]],
    [5.000000000000001, [0, 0, 0, 1]],
    [1e300, [0, 0, 0, 1]],
  ])('counts %p in the first bucket whose bound is not below it', (value, counts) => {
    const histogram = new HistogramAccumulator('', list, [0.1, 1, 5]);
    histogram.observe(value);
    expect(histogram.take()).toEqual([{ op: 'observe', labels: '', counts, sum: value }]);
  });

  it('finds the bucket of every bound among many', () => {
    const bounds = Array.from({ length: 37 }, (_, at) => at * at);
    const histogram = new HistogramAccumulator('', list, bounds);
    for (const bound of bounds) histogram.observe(bound);
    expect(histogram.take()).toMatchObject([{ counts: [...bounds.map(() => 1), 0] }]);
  });

  it('adds observations up, and begins at 0 after it was taken', () => {
    const histogram = new HistogramAccumulator('', list, [1]);
    histogram.observe(0.25);
    histogram.observe(0.5);
    histogram.observe(2);
    const [taken] = histogram.take();
    histogram.observe(3);
    expect(taken).toEqual({ op: 'observe', labels: '', counts: [2, 1], sum: 2.75 });
    expect(histogram.take()).toEqual([{ op: 'observe', labels: '', counts: [0, 1], sum: 3 }]);
    histogram.change();
    expect(histogram.take()).toEqual([{ op: 'observe', labels: '', counts: [0, 0], sum: 0 }]);
  });

  it('forgets observations before it was removed', () => {
    const histogram = new HistogramAccumulator('', list, [1]);
    histogram.observe(5);
    histogram.remove();
    histogram.observe(0.5);
    expect(histogram.take()).toEqual([
      { op: 'remove', labels: '' },
      { op: 'observe', labels: '', counts: [1, 0], sum: 0.5 },
    ]);
  });
});

describe('SummaryAccumulator', () => {
  const SLICE_MS = 12_000;
  const NOW = 1_790_000_000_000;
  const slice = summarySlice(NOW, 60);

  it('adds observations of a slice up by bin', () => {
    jest.useFakeTimers({ now: NOW });
    const summary = new SummaryAccumulator('a="b"', list, 60);
    for (const value of [5, 5, 0, -2]) summary.observe(value);
    expect(summary.take()).toEqual([
      {
        op: 'sketch',
        labels: 'a="b"',
        sum: 8,
        count: 4,
        bins: [
          { slice, bin: sketchBin(5), count: 2 },
          { slice, bin: 0, count: 1 },
          { slice, bin: sketchBin(-2), count: 1 },
        ],
        oldestSlice: slice - 4,
      },
    ]);
    expect(summary.take()).toEqual([]);
  });

  it('keeps slices apart, and only those of the window, while sum and count go on', () => {
    jest.useFakeTimers({ now: NOW });
    const summary = new SummaryAccumulator('', list, 60);
    for (let at = 0; at < 20; at += 1) {
      summary.observe(1);
      jest.setSystemTime(NOW + (at + 1) * SLICE_MS);
    }
    const bins = [16, 17, 18, 19].map((at) => ({ slice: slice + at, bin: sketchBin(1), count: 1 }));
    expect(summary.take()).toEqual([{ op: 'sketch', labels: '', sum: 20, count: 20, bins, oldestSlice: slice + 16 }]);
  });

  it('exists by being touched', () => {
    jest.useFakeTimers({ now: NOW });
    const summary = new SummaryAccumulator('', list, 60);
    summary.change();
    expect(summary.take()).toEqual([{ op: 'sketch', labels: '', sum: 0, count: 0, bins: [], oldestSlice: slice - 4 }]);
  });

  it('forgets observations before it was removed', () => {
    const summary = new SummaryAccumulator('', list, 60);
    summary.observe(5);
    summary.remove();
    expect(summary.take()).toEqual([{ op: 'remove', labels: '' }]);
  });
});
