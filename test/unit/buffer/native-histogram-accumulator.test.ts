import { type Accumulator, NativeHistogramAccumulator } from '../../../lib/buffer/index.js';
import { NATIVE_OFFSET, type ResolvedNative } from '../../../lib/model/index.js';
import type { Update } from '../../../lib/store/index.js';

const NATIVE: ResolvedNative = { schema: 0, maxBuckets: 4, zeroThreshold: 2 ** -128 };
const DIRTY = { add: (_: Accumulator) => undefined };

const open = (bounds: number[] = [], native = NATIVE): NativeHistogramAccumulator =>
  new NativeHistogramAccumulator('', DIRTY, bounds, native);

function nativeOf([update]: readonly Update[]): unknown {
  return update?.op === 'observe' ? update.native : undefined;
}

describe('NativeHistogramAccumulator', () => {
  it('counts each observation by native and by classic bucket', () => {
    const histogram = open([1, 2]);
    for (const value of [0.75, 1.5, -3, 0, 1.5]) histogram.observe(value);
    expect(histogram.hasCounted).toBe(true);
    const bins = [-NATIVE_OFFSET - 2, 0, NATIVE_OFFSET, NATIVE_OFFSET + 1];
    const native = { schema: 0, bins, counts: [1, 1, 1, 2], maxBuckets: 4 };
    expect(histogram.take()).toEqual([{ op: 'observe', labels: '', counts: [3, 2, 0], sum: 0.75, native }]);
    expect(histogram.take()).toEqual([]);
  });

  it('has one count without classic buckets', () => {
    const histogram = open();
    histogram.observe(1);
    histogram.observe(5);
    expect(histogram.take()).toMatchObject([{ counts: [2], sum: 6 }]);
  });

  it('exists at 0', () => {
    const histogram = open([1]);
    histogram.change();
    expect(histogram.hasCounted).toBe(false);
    const native = { schema: 0, bins: [], counts: [], maxBuckets: 4 };
    expect(histogram.take()).toEqual([{ op: 'observe', labels: '', counts: [0, 0], sum: 0, native }]);
  });

  it('takes no more memory than its limit allows, and begins with its own schema again once it was taken', () => {
    const histogram = open();
    for (let at = 0; at < 10_000; at += 1) histogram.observe(1.01 ** at);
    expect(nativeOf(histogram.take())).toMatchObject({
      schema: -4,
      bins: Array.from({ length: 10 }, (_, at) => NATIVE_OFFSET + at),
    });
    histogram.observe(1);
    expect(nativeOf(histogram.take())).toMatchObject({ schema: 0, bins: [NATIVE_OFFSET] });
  });

  it('drops what it has', () => {
    const histogram = open();
    histogram.observe(1);
    histogram.drop();
    histogram.observe(2);
    expect(histogram.take()).toMatchObject([{ counts: [1], sum: 2, native: { bins: [NATIVE_OFFSET + 1] } }]);
  });

  it('weighs as much as it may cost the store', () => {
    const few = open([], { ...NATIVE, maxBuckets: 160, schema: 8 });
    few.observe(1);
    expect(few.weight).toBe(6);
    for (let at = 0; at < 100; at += 1) few.observe(1.1 ** at);
    expect(few.weight).toBe(31);
  });
});
