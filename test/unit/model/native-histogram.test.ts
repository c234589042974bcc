import fc from 'fast-check';
import {
  HIGHEST_SCHEMA,
  LOWEST_SCHEMA,
  mergeNative,
  NATIVE_OFFSET,
  type NativeHistogram,
  nativeBin,
  NativeCounts,
  resolveDefinition,
  schemaOf,
  zeroValue,
} from '../../../lib/model/index.js';

const schemas = fc.integer({ min: LOWEST_SCHEMA, max: HIGHEST_SCHEMA });
const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.double({ min: -10, max: 10, noNaN: true }),
);
const ZERO = 2 ** -128;

function observed(all: readonly number[], schema: number, maxBuckets = Infinity): NativeHistogram {
  const counts = new NativeCounts(schema, maxBuckets);
  for (const value of all) counts.observe(value, ZERO);
  return counts.value;
}

describe('schemaOf', () => {
  // pickSchema of client_golang.
  it.each([
    [1.1, 3],
    [1.09, 4],
    [1.0905, 4],
    [1.0906, 3],
    [1.2, 2],
    [1.5, 1],
    [2, 0],
    [3, 0],
    [4, -1],
    [16, -2],
    [256, -3],
    [65_535, -3],
    [65_536, -4],
    [1e300, -4],
    [1.003, 8],
    [1.0001, 8],
    [1 + Number.EPSILON, 8],
  ])('of the factor %p is %p', (factor, schema) => {
    expect(schemaOf(factor)).toBe(schema);
  });
});

describe('nativeBin', () => {
  it.each([
    [0, 1, 0],
    [0, 1.5, 1],
    [0, 2, 1],
    [0, 2.1, 2],
    [0, 0.5, -1],
    [3, 1, 0],
    [3, 1.09, 1],
    [3, 1.0906, 2],
    [3, 1024, 80],
    [8, 1.0027, 1],
    [-4, 1, 0],
    [-4, 65_536, 1],
    [-4, 65_537, 2],
    [-4, 1 / 65_536, -1],
    [0, Number.MAX_VALUE, 1_024],
    [0, 2 ** -127, -127],
    [-4, Number.MAX_VALUE, 64],
    [8, Number.MAX_VALUE, 1_024 * 256],
  ])('with schema %p puts %p into bin %p, and its negative into that of negative ones', (schema, value, index) => {
    expect(nativeBin(value, schema, ZERO)).toBe(NATIVE_OFFSET + index);
    expect(nativeBin(-value, schema, ZERO)).toBe(-NATIVE_OFFSET - index);
  });

  it.each([
    [0, 2 ** -1074, -1_074],
    [0, 1.5 * 2 ** -1_040, -1_039],
    [8, 2 ** -1_023, -1_023 * 256],
  ])('with schema %p knows numbers too small for all their digits: %p', (schema, value, index) => {
    expect(nativeBin(value, schema, 0)).toBe(NATIVE_OFFSET + index);
  });

  it('takes for zero what is no further from it than the threshold', () => {
    expect([ZERO, -ZERO, 0, -0].map((value) => nativeBin(value, 3, ZERO))).toEqual([0, 0, 0, 0]);
    expect([0.5, -0.5, 0.6].map((value) => nativeBin(value, 0, 0.5))).toEqual([0, 0, NATIVE_OFFSET]);
    expect([0, -0].map((value) => nativeBin(value, 3, 0))).toEqual([0, 0]);
  });

  it('begins where the bin before ends', () => {
    const property = fc.property(schemas, fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (schema, value) => {
      const index = nativeBin(value, schema, ZERO) - NATIVE_OFFSET;
      if (value <= ZERO) return;
      const [from, to] = [index - 1, index].map((each) => 2 ** (each / 2 ** schema)) as [number, number];
      expect(value).toBeGreaterThan(from * (1 - 1e-12));
      expect(value).toBeLessThanOrEqual(to * (1 + 1e-12));
    });
    fc.assert(property);
  });
});

describe('native histograms', () => {
  it('that are merged are what one would be that had observed all, with the lowest of their schemas', () => {
    const parts = fc.array(fc.record({ schema: schemas, values: fc.array(values, { maxLength: 40 }) }), {
      minLength: 1,
    });
    const property = fc.property(parts, fc.integer({ min: 1, max: 20 }), (all, maxBuckets) => {
      let merged: NativeHistogram | undefined;
      for (const part of all) merged = mergeNative(merged, observed(part.values, part.schema), maxBuckets);
      const lowest = Math.min(...all.map(({ schema }) => schema));
      const whole = observed(
        all.flatMap((part) => part.values),
        lowest,
        maxBuckets,
      );
      expect(merged).toEqual(whole);
      expect(whole.counts.reduce((sum, count) => sum + count, 0)).toBe(all.flatMap((part) => part.values).length);
      const buckets = whole.bins.filter((bin) => bin !== 0).length;
      expect(buckets <= maxBuckets || whole.schema === LOWEST_SCHEMA).toBe(true);
    });
    fc.assert(property);
  });

  it('lower their schema only as far as they must', () => {
    const property = fc.property(fc.array(values, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (all, most) => {
      const { schema } = observed(all, HIGHEST_SCHEMA, most);
      if (schema === HIGHEST_SCHEMA) return;
      expect(observed(all, schema + 1).bins.filter((bin) => bin !== 0).length).toBeGreaterThan(most);
    });
    fc.assert(property);
  });

  it('begin with nothing in them, beside classic buckets or not', () => {
    const definition = { name: 'seconds', help: 'x', type: 'histogram', native: { growthFactor: 2 } } as const;
    const native = { schema: 0, bins: [], counts: [] };
    expect(zeroValue(resolveDefinition(definition))).toEqual({ counts: [0], sum: 0, native });
    expect(zeroValue(resolveDefinition({ ...definition, buckets: [1] }))).toEqual({ counts: [0, 0], sum: 0, native });
  });

  it('have as many bins as they may, and that of zero', () => {
    expect(observed([0, 1, 2, 4, 8], 0, 4)).toEqual({
      schema: 0,
      bins: [0, 0, 1, 2, 3].map((index, at) => (at === 0 ? 0 : NATIVE_OFFSET + index)),
      counts: [1, 1, 1, 1, 1],
    });
    expect(observed([0, 1, 2, 4, 8], 0, 3)).toEqual({
      schema: -1,
      bins: [0, NATIVE_OFFSET, NATIVE_OFFSET + 1, NATIVE_OFFSET + 2],
      counts: [1, 1, 2, 1],
    });
  });
});
