import { randomUUID } from 'node:crypto';
import { definitionShape, type Group, resolveDefinition, type ResolvedDefinition } from '../../lib/model/index.js';
import type { Store, Update } from '../../lib/store/index.js';
import { waitFor } from '../support/wait-for.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
const summary = resolveDefinition({ name: 'size_bytes', help: 'Size', type: 'summary', maxAgeSeconds: 10 });
const all = [counter, gauge, histogram, summary];

const BLUE = 'type="blue"';
const RED = 'type="red"';
/** Longer than any test. */
const NEVER_MS = 3_600_000;
/** A push that ended in an earlier millisecond counts. */
const SOON_MS = 1;

/** How every store that announces new series does it. */
export function describeAnnouncements(name: string, create: () => Store): void {
  describe(`${name}: announcement of new series`, () => {
    let store: Store;
    let group: Group;

    beforeEach(() => {
      store = create();
      group = { job: `job ${randomUUID()}`, instance: 'host {1}', labels: {} };
    });
    afterEach(() => store.close());

    const write = (definition: ResolvedDefinition, updates: Update[], clear = false) =>
      store.series.apply(group, {
        writer: randomUUID(),
        sequence: 1,
        clear: [],
        definitions: all,
        families: [
          {
            family: definition.name,
            shape: definitionShape(definition),
            ...(clear && { mode: 'begin' as const }),
            updates,
          },
        ],
        show: clear ? [{ family: definition.name, shape: definitionShape(definition) }] : [],
      });
    const inc = (labels: string, value: number) => write(counter, [{ op: 'add', labels, value }]);

    const read = async (definition: ResolvedDefinition, asAnnounced = true): Promise<Record<string, unknown>> => {
      const values: Record<string, unknown> = {};
      for await (const chunk of store.series.read(group, definition, { asAnnounced })) {
        for (const { labels, value } of chunk) values[labels] = value;
      }
      return values;
    };

    /** A push that succeeds, begun after everything before it. */
    const show = async (): Promise<void> => {
      const before = (await store.turns.take(group, 1)).now;
      const turn = await waitFor(
        async () => {
          const taken = await store.turns.take(group, 10_000);
          if (taken.turn !== undefined && taken.now > before) return { ...taken, turn: taken.turn };
          if (taken.turn !== undefined) await store.turns.end(group, taken.turn);
          return undefined;
        },
        { intervalMs: 2 },
      );
      await store.announcements.noteShown(group, turn.now);
      await store.turns.end(group, turn.turn);
    };

    /** Until the clock of the store has gone on. */
    const releaseShown = () =>
      waitFor(
        async () => {
          await store.announcements.release(group, SOON_MS);
          return (await read(counter))[BLUE] !== 0;
        },
        { intervalMs: 2 },
      );

    it('shows new series at 0 and reads their values', async () => {
      await inc(BLUE, 7);
      await write(histogram, [{ op: 'observe', labels: '', counts: [1, 0, 2], sum: 7.5 }]);
      await write(summary, [
        { op: 'sketch', labels: '', sum: 3, count: 2, bins: [{ slice: 1, bin: 7, count: 2 }], oldestSlice: 0 },
      ]);
      await write(gauge, [{ op: 'add', labels: '', value: 3 }]);
      expect(await read(counter)).toEqual({ [BLUE]: 0 });
      expect(await read(histogram)).toEqual({ '': { counts: [0, 0, 0], sum: 0 } });
      expect(await read(summary)).toEqual({ '': { sum: 0, count: 0, bins: [] } });
      expect(await read(gauge)).toEqual({ '': 3 });
      expect(await read(counter, false)).toEqual({ [BLUE]: 7 });
      expect(await read(histogram, false)).toEqual({ '': { counts: [1, 0, 2], sum: 7.5 } });
    });

    it('shows a value only after a push has shown it at 0, and for long enough', async () => {
      await inc(BLUE, 7);
      await store.announcements.release(group, SOON_MS);
      expect(await read(counter)).toEqual({ [BLUE]: 0 });
      await show();
      await store.announcements.release(group, NEVER_MS);
      expect(await read(counter)).toEqual({ [BLUE]: 0 });
      await inc(BLUE, 1);
      await releaseShown();
      expect(await read(counter)).toEqual({ [BLUE]: 8 });
      await inc(BLUE, 1);
      expect(await read(counter)).toEqual({ [BLUE]: 9 });
    });

    it('does not take a push for one that showed what was made after it had begun', async () => {
      await inc(RED, 1);
      const { now } = await store.turns.take(group, 10_000);
      await waitFor(async () => (await store.turns.take(group, 1)).now > now, { intervalMs: 2 });
      await inc(BLUE, 7);
      await store.announcements.noteShown(group, now);
      await waitFor(async () => (await store.turns.take(group, 1)).now > now + 5, { intervalMs: 2 });
      await store.announcements.release(group, SOON_MS);
      expect(await read(counter)).toMatchObject({ [BLUE]: 0 });
    });

    it('goes on at the value of what was shown when another series begins', async () => {
      await inc(BLUE, 7);
      await show();
      await releaseShown();
      await inc(RED, 3);
      expect(await read(counter)).toEqual({ [BLUE]: 7, [RED]: 0 });
    });

    it('shows all values at once for 0', async () => {
      await inc(BLUE, 7);
      await store.announcements.release(group, 0);
      expect(await read(counter)).toEqual({ [BLUE]: 7 });
    });

    it('announces what begins anew after it was removed', async () => {
      await inc(BLUE, 7);
      await store.announcements.release(group, 0);
      await write(counter, [{ op: 'remove', labels: BLUE }]);
      await inc(BLUE, 2);
      expect(await read(counter)).toEqual({ [BLUE]: 0 });
      await store.announcements.release(group, 0);
      await write(counter, [{ op: 'add', labels: BLUE, value: 4 }], true);
      expect(await read(counter)).toEqual({ [BLUE]: 0 });
      expect(await read(counter, false)).toEqual({ [BLUE]: 4 });
    });

    it('does not show a restored series at 0: Prometheus has seen it higher', async () => {
      const kept = resolveDefinition({
        name: 'kept_total',
        help: 'x',
        type: 'counter',
        labelNames: ['type'],
        prefetch: true,
      });
      const adding = { definitions: [kept], clear: [], writer: 'w' } as const;
      const updates = [BLUE, RED].map((labels) => ({ op: 'add', labels, value: 5 }) as const);
      await store.series.apply(group, {
        ...adding,
        sequence: 1,
        families: [{ family: 'kept_total', shape: 'counter', updates }],
      });
      expect(await read(kept)).toEqual({ [BLUE]: 0, [RED]: 0 });
      expect(await store.series.restore(group, kept, [{ labels: BLUE, value: 100 }])).toBe(true);
      // RED is new to Prometheus.
      expect(await read(kept)).toEqual({ [BLUE]: 105, [RED]: 0 });
    });

    it('keeps families whose names begin alike apart', async () => {
      const other = resolveDefinition({ name: 'orders', help: 'x', type: 'counter' });
      await inc('', 7);
      await store.announcements.release(group, 0);
      await store.series.apply(group, {
        writer: 'w',
        sequence: 1,
        clear: [],
        definitions: [other],
        families: [{ family: 'orders', shape: 'counter', updates: [{ op: 'add', labels: '', value: 1 }] }],
      });
      expect(await read(other)).toEqual({ '': 0 });
      expect(await read(counter)).toEqual({ '': 7 });
    });

    it('announces thousands of series', async () => {
      const updates = Array.from({ length: 3_000 }, (_, at): Update => ({
        op: 'add',
        labels: `type="${at}"`,
        value: 1,
      }));
      for (let at = 0; at < updates.length; at += 1_000) await write(counter, updates.slice(at, at + 1_000));
      expect(new Set(Object.values(await read(counter)))).toEqual(new Set([0]));
      expect(Object.keys(await read(counter))).toHaveLength(3_000);
    });
  });
}

/** Only for stores of several processes. */
export function describeSharedAnnouncements(name: string, create: () => [announcing: Store, silent: Store]): void {
  it(`${name}: a process that does not announce makes no notes, and honours those of others`, async () => {
    const [store, silent] = create();
    const group: Group = { job: `job ${randomUUID()}`, instance: 'i', labels: {} };
    const apply = (by: Store, labels: string) =>
      by.series.apply(group, {
        writer: randomUUID(),
        sequence: 1,
        clear: [],
        definitions: [counter],
        families: [{ family: 'orders_total', shape: 'counter', updates: [{ op: 'add', labels, value: 7 }] }],
      });
    await apply(store, BLUE);
    await apply(silent, BLUE);
    await apply(silent, RED);
    for (const reader of [store, silent]) {
      const values: Record<string, unknown> = {};
      for await (const chunk of reader.series.read(group, counter, { asAnnounced: true })) {
        for (const { labels, value } of chunk) values[labels] = value;
      }
      expect(values).toEqual({ [BLUE]: 0, [RED]: 7 });
    }
    await Promise.all([store.close(), silent.close()]);
  });
}
