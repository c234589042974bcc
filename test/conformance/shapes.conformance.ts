import { randomUUID } from 'node:crypto';
import {
  definitionShape,
  type Group,
  type MetricDefinition,
  resolveDefinition,
  type ResolvedDefinition,
} from '../../lib/model/index.js';
import type { ApplyResult, Batch, Store, Update } from '../../lib/store/index.js';
import { waitFor } from '../support/wait-for.js';

const A = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
const B = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [9] });
const C = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'gauge' });
const other = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter' });

/** Longer than any test. */
const LONG_MS = 3_600_000;

const one = (counts: readonly number[]): Update => ({ op: 'observe', labels: '', counts, sum: 1 });
const add = (value: number): Update => ({ op: 'add', labels: '', value });
const set = (value: number): Update => ({ op: 'set', labels: '', value });
const shapeOf = (definition: ResolvedDefinition) => ({ family: definition.name, shape: definitionShape(definition) });

/** What every store does with a definition that changes. */
export function describeShapes(name: string, create: () => Store): void {
  describe(`${name}: a definition that changes`, () => {
    let store: Store;
    let group: Group;

    beforeEach(() => {
      store = create();
      group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
    });
    afterEach(() => store.close());

    /** A process of its own. */
    const process = () => {
      const writer = randomUUID();
      let sequence = 0;
      return (batch: Partial<Batch>): Promise<ApplyResult> => {
        sequence += 1;
        return store.series.apply(group, { writer, sequence, clear: [], definitions: [], families: [], ...batch });
      };
    };
    const changes = (definition: ResolvedDefinition, ...updates: Update[]) => ({ ...shapeOf(definition), updates });

    /** What a push shows. */
    const shown = async (): Promise<Record<string, unknown>> => {
      const values: Record<string, unknown> = {};
      for (const { definition, generation } of await store.series.families(group)) {
        for await (const chunk of store.series.read(group, definition, { generation }))
          for (const { labels, value } of chunk) values[`${definition.name}{${labels}}`] = value;
      }
      return values;
    };
    const own = async (definition: ResolvedDefinition): Promise<unknown> => {
      for await (const [first] of store.series.read(group, definition)) return first?.value;
      return undefined;
    };

    it.each<[string, Partial<MetricDefinition>, Partial<MetricDefinition>]>([
      ['type', { type: 'counter' }, { type: 'gauge' }],
      ['buckets', { type: 'histogram', buckets: [1, 2] }, { type: 'histogram', buckets: [1, 3] }],
      ['window', { type: 'summary', maxAgeSeconds: 10 }, { type: 'summary', maxAgeSeconds: 99 }],
    ])('keeps another %s beside what is shown, and stores the rest of the batch', async (_, before, after) => {
      const [was, is] = [before, after].map((type) =>
        resolveDefinition({ name: 'x', help: 'x', type: 'counter', ...type }),
      ) as [ResolvedDefinition, ResolvedDefinition];
      await process()({ definitions: [was] });
      const result = await process()({ definitions: [is, other], families: [changes(other, add(3))] });
      expect(result).toEqual({ outcome: 'applied', beside: ['x'] });
      expect(await store.series.definitions(group)).toEqual([other, was]);
      expect(await store.shapes.contested(group)).toEqual([
        { family: 'x', shown: definitionShape(was), waiting: [{ shape: definitionShape(is), wasReplaced: false }] },
      ]);
      expect(await shown()).toEqual({ 'orders_total{}': 3 });
    });

    it('counts on for both, each for itself, and reads each by its definition', async () => {
      const [old, renewed] = [process(), process()];
      await old({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await renewed({ definitions: [B], families: [changes(B, one([0, 1]))] });
      await old({ families: [changes(A, one([0, 1, 0]))] });
      await renewed({ families: [changes(B, one([0, 1]))] });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [1, 1, 0], sum: 2 } });
      expect(await own(A)).toEqual({ counts: [1, 1, 0], sum: 2 });
      expect(await own(B)).toEqual({ counts: [0, 2], sum: 2 });
    });

    it('asks for a definition that it does not know, also if it knows another one', async () => {
      await process()({ definitions: [A] });
      const late = { families: [changes(B, one([0, 1]))] };
      expect(await process()(late)).toEqual({ outcome: 'undefined', families: ['seconds'] });
      expect(await own(B)).toBeUndefined();
    });

    it('shows what waits when nobody has the old definition any more, with all that came meanwhile', async () => {
      const renewed = process();
      await process()({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await renewed({ definitions: [B], families: [changes(B, one([0, 1]))] });
      expect(await store.shapes.settle(group, LONG_MS, [shapeOf(B)])).toHaveLength(1);
      expect(await shown()).toEqual({ 'seconds{}': { counts: [1, 0, 0], sum: 1 } });
      expect(await store.shapes.settle(group, 0, [shapeOf(B)])).toEqual([]);
      expect(await shown()).toEqual({ 'seconds{}': { counts: [0, 1], sum: 1 } });
      expect(await renewed({ families: [changes(B, one([1, 0]))] })).toEqual({ outcome: 'applied' });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [1, 1], sum: 2 } });
    });

    it('waits as long as a living process says that it has the old definition, though it counts nothing', async () => {
      await process()({ definitions: [A] });
      await process()({ definitions: [B], families: [changes(B, one([0, 1]))] });
      const begun = performance.now();
      // Said every time, it is never silent for so long; once it is not said, it soon is.
      const silentMs = 400;
      while (performance.now() - begun < 3 * silentMs) {
        expect(await store.shapes.settle(group, silentMs, [shapeOf(A), shapeOf(B)])).toHaveLength(1);
      }
      await waitFor(async () => (await store.shapes.settle(group, silentMs, [shapeOf(B)])).length === 0, {
        message: 'the new definition',
      });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [0, 1], sum: 1 } });
    });

    it('goes one way: what was replaced stays beside, whatever it counts and resets', async () => {
      const [old, renewed] = [process(), process()];
      await old({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await renewed({ definitions: [B], families: [changes(B, one([0, 1]))] });
      await store.shapes.settle(group, 0, []);
      const late = { families: [changes(A, one([1, 0, 0]))], definitions: [A] };
      expect(await old(late)).toEqual({ outcome: 'applied', beside: ['seconds'] });
      const contested = {
        family: 'seconds',
        shown: definitionShape(B),
        waiting: [{ shape: definitionShape(A), wasReplaced: true }],
      };
      expect(await store.shapes.settle(group, 0, [])).toEqual([contested]);
      const reset = { ...changes(A, one([0, 0, 7])), mode: 'begin' } as const;
      await old({ families: [reset], show: [shapeOf(A)] });
      expect(await store.shapes.settle(group, 0, [])).toEqual([contested]);
      expect(await own(A)).toEqual({ counts: [0, 0, 7], sum: 1 });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [0, 1], sum: 1 } });
    });

    it('shows of several that wait the one that a process had last; the others were replaced with it', async () => {
      await process()({ definitions: [A] });
      await process()({ definitions: [B], families: [changes(B, one([0, 1]))] });
      // By a clock of milliseconds.
      const begun = Date.now();
      await waitFor(() => Date.now() > begun + 1, { intervalMs: 1 });
      await process()({ definitions: [C], families: [changes(C, set(5))] });
      expect(await store.shapes.settle(group, 0, [])).toEqual([
        { family: 'seconds', shown: 'gauge', waiting: [{ shape: definitionShape(B), wasReplaced: true }] },
      ]);
      expect(await shown()).toEqual({ 'seconds{}': 5 });
    });

    it('takes over at once by reset(), which forgets what has waited', async () => {
      const renewed = process();
      await process()({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await renewed({ definitions: [B], families: [changes(B, one([0, 1]))] });
      const reset = { ...changes(B, one([1, 0])), mode: 'begin' } as const;
      await renewed({ families: [reset], show: [shapeOf(B)] });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [1, 0], sum: 1 } });
      expect(await store.series.definitions(group)).toEqual([B]);
      expect(await store.shapes.contested(group)).toEqual([]);
    });

    it.each<[string, Batch['clear']]>([
      ['the family', ['seconds']],
      ['everything', 'all'],
    ])('begins anew when %s is cleared: who defines it first is shown', async (_, clear) => {
      const renewed = process();
      await process()({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await renewed({ definitions: [B], families: [changes(B, one([0, 1]))] });
      await renewed({ clear, definitions: [B], families: [changes(B, one([0, 3]))] });
      expect(await shown()).toEqual({ 'seconds{}': { counts: [0, 3], sum: 1 } });
      expect(await store.shapes.settle(group, 0, [])).toEqual([]);
    });

    it('goes on with a reading of the old values after the new ones are shown', async () => {
      await process()({ definitions: [A], families: [changes(A, one([1, 0, 0]))] });
      await process()({ definitions: [B], families: [changes(B, one([0, 1]))] });
      const [before] = await store.series.families(group);
      await store.shapes.settle(group, 0, []);
      const read: unknown[] = [];
      const generation = before?.generation;
      for await (const chunk of store.series.read(group, A, { generation }))
        read.push(...chunk.map(({ value }) => value));
      expect(read).toEqual([{ counts: [1, 0, 0], sum: 1 }]);
    });

    it('restores nothing of what another definition has counted', async () => {
      const restored = resolveDefinition({ name: 'seconds', help: 'x', type: 'counter', prefetch: true });
      await process()({ definitions: [C], families: [changes(C, set(5))] });
      await process()({ definitions: [restored], families: [changes(restored, add(2))] });
      expect([...(await store.series.restoring(group)).keys()]).toEqual([]);
      await store.shapes.settle(group, 0, []);
      expect([...(await store.series.restoring(group)).keys()]).toEqual([]);
      expect(await shown()).toEqual({ 'seconds{}': 2 });
    });

    it('is nothing to settle where every process has the same definition', async () => {
      await process()({ definitions: [A] });
      await process()({ definitions: [A] });
      expect(await store.shapes.settle(group, 0, [shapeOf(A)])).toEqual([]);
      expect(await store.shapes.contested(group)).toEqual([]);
    });
  });
}
