import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  definitionShape,
  type HistogramValue,
  NativeCounts,
  resolveDefinition,
  type ResolvedDefinition,
} from '../../lib/model/index.js';
import type { Store, Update } from '../../lib/store/index.js';

/** Native histograms as every store must add them up. */
export function describeNativeHistograms(name: string, create: () => Store): void {
  describe(`${name}: native histograms`, () => {
    let store: Store;
    beforeEach(() => {
      store = create();
    });
    afterEach(() => store.close());

    const define = (maxBuckets: number, buckets: number[] = []): ResolvedDefinition =>
      resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', buckets, native: { maxBuckets } });

    const observe = (values: readonly number[], schema: number, maxBuckets: number, counts?: number[]): Update => {
      const native = new NativeCounts(schema, maxBuckets);
      for (const value of values) native.observe(value, 2 ** -128);
      const sum = values.reduce((all, value) => all + value, 0);
      return {
        op: 'observe',
        labels: '',
        counts: counts ?? [values.length],
        sum,
        native: { ...native.value, maxBuckets },
      };
    };

    /** Applies each list of updates as a batch. */
    const stored = async (definition: ResolvedDefinition, batches: readonly Update[][]): Promise<HistogramValue> => {
      const group = { job: randomUUID(), instance: 'host', labels: {} };
      for (const [at, updates] of batches.entries()) {
        const families = [{ family: definition.name, shape: definitionShape(definition), updates }];
        const batch = { writer: 'w', sequence: at + 1, clear: [], definitions: [definition], families };
        expect(await store.series.apply(group, batch)).toMatchObject({ outcome: 'applied' });
      }
      for await (const [first] of store.series.read(group, definition)) return first?.value as HistogramValue;
      throw new Error('There is no series');
    };

    it('are what one would be that had observed all, whatever schemas come', async () => {
      const value = fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.constant(0),
      );
      const part = fc.record({
        schema: fc.integer({ min: -4, max: 8 }),
        values: fc.array(value, { maxLength: 40 }),
        isNewBatch: fc.boolean(),
      });
      const property = fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 30 }),
        async (parts, maxBuckets) => {
          const batches: Update[][] = [[]];
          for (const { schema, values, isNewBatch } of parts) {
            if (isNewBatch) batches.push([]);
            batches.at(-1)?.push(observe(values, schema, maxBuckets));
          }
          const whole = new NativeCounts(Math.min(...parts.map(({ schema }) => schema)), maxBuckets);
          for (const { values } of parts) for (const each of values) whole.observe(each, 2 ** -128);
          const { counts, native } = await stored(define(maxBuckets), batches);
          expect(native).toEqual(whole.value);
          expect(counts).toEqual([parts.flatMap(({ values }) => values).length]);
        },
      );
      await fc.assert(property, { numRuns: 100 });
    });

    it('may have classic buckets beside', async () => {
      const definition = define(160, [1, 2]);
      const value = await stored(definition, [
        [observe([0.5, 1.5], 3, 160, [1, 1, 0])],
        [observe([3], 3, 160, [0, 0, 1])],
        [observe([0.5], 3, 160, [1, 0, 0])],
      ]);
      const all = new NativeCounts(3, 160);
      for (const each of [0.5, 1.5, 3, 0.5]) all.observe(each, 0);
      expect(value).toEqual({ counts: [2, 1, 1], sum: 5.5, native: all.value });
    });

    it('exist at 0', async () => {
      expect(await stored(define(160), [[observe([], 3, 160)]])).toEqual({
        counts: [0],
        sum: 0,
        native: { schema: 3, bins: [], counts: [] },
      });
    });

    it('keep to the limit that comes with an update, though the definition has another one', async () => {
      const values = [1, 2, 4, 8, 16];
      const { native } = await stored(define(160), [[observe(values, 0, 160)], [observe([1], 0, 2)]]);
      const expected = new NativeCounts(0, 2);
      for (const each of [...values, 1]) expected.observe(each, 0);
      expect(native).toEqual(expected.value);
      expect(native?.schema).toBe(-2);
    });
  });
}
