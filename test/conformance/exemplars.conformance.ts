import { randomUUID } from 'node:crypto';
import {
  definitionShape,
  type Exemplar,
  type Group,
  resolveDefinition,
  type ResolvedDefinition,
} from '../../lib/model/index.js';
import type { Batch, FamilyUpdates, Store, Update } from '../../lib/store/index.js';
import { aMomentLater } from './starts.conformance.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
const all = [counter, histogram];
const A_MINUTE = 60_000;
const BLUE = 'type="blue"';
const RED = 'type="red"';
/** Label values of many lengths, with all that a label may have. */
const labelsOf = (at: number): string => `type="${'é"\\'.repeat(at % 5).replace(/["\\]/g, '\\$&')}${at}"`;

const add = (labels: string, value = 1): Update => ({ op: 'add', labels, value });
const observe = (labels: string): Update => ({ op: 'observe', labels, counts: [1, 0, 1], sum: 3 });
export const exemplar = (trace: string, timeMs: number, bucket = 0, value = 1): Exemplar => ({
  bucket,
  labels: `trace_id="${trace}"`,
  value,
  timeMs,
});

/** `<family>{<labels>` -> exemplars by bucket. */
export type ShownExemplars = Readonly<Record<string, readonly Exemplar[]>>;

/** What a push would show of exemplars. */
export async function shownExemplars(store: Store, group: Group, asAnnounced = false): Promise<ShownExemplars> {
  const wish = { ttlMs: A_MINUTE, knownPushAt: 0, silentMs: A_MINUTE, shownForMs: asAnnounced ? A_MINUTE : 0 };
  const { turn = '', begun } = await store.turns.begin(group, { ...wish, withExemplars: true });
  if (begun === undefined) throw new Error('The turn is taken');
  const shown: Record<string, readonly Exemplar[]> = {};
  const note = (family: string, labels: string, exemplars: readonly Exemplar[]) => {
    shown[`${family}{${labels}`] = [...exemplars].sort((a, b) => a.bucket - b.bucket);
  };
  for await (const reading of store.series.readText(group, begun.families, { asAnnounced, exemplars: true })) {
    for (const { definition, chunk } of reading) {
      if ('lines' in chunk) for (const [labels, list] of chunk.exemplars ?? []) note(definition.name, labels, list);
      else for (const { labels, exemplars } of chunk) if (exemplars) note(definition.name, labels, exemplars);
    }
  }
  await store.turns.end(group, turn);
  return shown;
}

interface Change {
  readonly updates: readonly Update[];
  readonly exemplars?: Readonly<Record<string, readonly Exemplar[]>>;
  readonly mode?: 'begin';
}

/** Writes batches with exemplars by the labels of their series. */
export function exemplarWriter(store: Store, group: Group) {
  const name = randomUUID();
  let sequence = 0;
  const changesOf = (definition: ResolvedDefinition, { updates, exemplars, mode }: Change): FamilyUpdates => ({
    family: definition.name,
    shape: definitionShape(definition),
    updates,
    ...(mode && { mode }),
    ...(exemplars && {
      exemplars: Object.entries(exemplars).map(([labels, list]) => ({ labels, exemplars: list })),
    }),
  });
  const apply = (batch: Partial<Batch>) =>
    store.series.apply(group, {
      writer: name,
      sequence: ++sequence,
      clear: [],
      definitions: all,
      families: [],
      ...batch,
    });
  const written = async (batch: Partial<Batch>) => {
    expect((await apply(batch)).outcome).toBe('applied');
  };
  return {
    apply,
    written,
    changesOf,
    write: (definition: ResolvedDefinition, change: Change) => written({ families: [changesOf(definition, change)] }),
    replace: (definition: ResolvedDefinition, change: Change) =>
      written({
        families: [changesOf(definition, { ...change, mode: 'begin' })],
        show: [{ family: definition.name, shape: definitionShape(definition) }],
      }),
  };
}

/** How every store keeps exemplars. */
export function describeExemplars(
  name: string,
  create: (options?: { seriesTtlMs?: number; notesNew?: boolean }) => Store,
): void {
  describe(`${name}: exemplars`, () => {
    let store: Store;
    let group: Group;
    let on: ReturnType<typeof exemplarWriter>;
    let now: number;

    beforeEach(() => {
      store = create();
      group = { job: `job ${randomUUID()}`, instance: 'host {1}', labels: {} };
      on = exemplarWriter(store, group);
      now = Date.now() - 1_000;
    });
    afterEach(() => store.close());

    it('are shown with their series, one for each bucket', async () => {
      const [of, low, high] = [exemplar('a', now, 0, 2.5), exemplar('b', now, 0, 0.5), exemplar('c', now, 2, 9)];
      await on.write(counter, { updates: [add(BLUE, 2.5), add(RED)], exemplars: { [BLUE]: [of] } });
      await on.write(histogram, { updates: [observe('')], exemplars: { '': [low, high] } });
      expect(await shownExemplars(store, group)).toEqual({ [`orders_total{${BLUE}`]: [of], 'seconds{': [low, high] });
    });

    it('are the latest of each bucket, whoever sends it when', async () => {
      const other = exemplarWriter(store, group);
      const first = exemplar('first', now, 0);
      const later = exemplar('later', now + 20, 0);
      const high = exemplar('high', now - 50, 2);
      await on.write(histogram, { updates: [observe('')], exemplars: { '': [first] } });
      await other.write(histogram, { updates: [observe('')], exemplars: { '': [later] } });
      await on.write(histogram, { updates: [observe('')], exemplars: { '': [exemplar('late', now + 10), high] } });
      expect(await shownExemplars(store, group)).toEqual({ 'seconds{': [later, high] });
    });

    it('keep what any label may hold', async () => {
      const labels = 'span_id="\\"é\\\\\\n",trace_id=""';
      await on.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [{ ...exemplar('', now), labels }] } });
      expect(await shownExemplars(store, group)).toEqual({
        [`orders_total{${BLUE}`]: [{ ...exemplar('', now), labels }],
      });
    });

    it('of a time that is still to come are of now, and give way', async () => {
      await on.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('ahead', now + A_MINUTE)] } });
      const { [`orders_total{${BLUE}`]: [ahead] = [] } = await shownExemplars(store, group);
      expect(ahead?.timeMs).toBeLessThanOrEqual(Date.now());
      expect(ahead?.timeMs).toBeGreaterThan(now);
      await aMomentLater(store, group);
      const next = exemplar('next', Date.now());
      await on.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [next] } });
      expect(await shownExemplars(store, group)).toMatchObject({ [`orders_total{${BLUE}`]: [{ labels: next.labels }] });
    });

    it('come once with a batch that comes twice, and not with one that is not applied', async () => {
      const families = [on.changesOf(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('a', now)] } })];
      await on.written({ families });
      const again = [on.changesOf(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('b', now + 1)] } })];
      expect((await on.apply({ sequence: 1, families: again })).outcome).toBe('seen');
      expect((await on.apply({ sequence: 9, families: again })).outcome).toBe('behind');
      expect(await shownExemplars(store, group)).toEqual({ [`orders_total{${BLUE}`]: [exemplar('a', now)] });
    });

    it('go with a series that is removed, and come with what it counts afterwards', async () => {
      const exemplars = { [BLUE]: [exemplar('a', now)], [RED]: [exemplar('b', now)] };
      await on.write(counter, { updates: [add(BLUE), add(RED)], exemplars });
      await on.write(counter, { updates: [{ op: 'remove', labels: BLUE }, add(BLUE)] });
      expect(await shownExemplars(store, group)).toEqual({ [`orders_total{${RED}`]: exemplars[RED] });
      const after = { [RED]: [exemplar('c', now - 5)] };
      await on.write(counter, { updates: [{ op: 'remove', labels: RED }, add(RED)], exemplars: after });
      expect(await shownExemplars(store, group)).toEqual({ [`orders_total{${RED}`]: after[RED] });
    });

    it('go with a series that expires', async () => {
      const short = create({ seriesTtlMs: 1 });
      const shortly = exemplarWriter(short, group);
      await shortly.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('a', now)] } });
      await aMomentLater(short, group);
      await short.removal.expireSeries(group);
      await shortly.write(counter, { updates: [add(BLUE)] });
      expect(await shownExemplars(short, group)).toEqual({});
      await short.close();
    });

    it('go with what reset() replaces, and come with what takes its place', async () => {
      const exemplars = { [BLUE]: [exemplar('a', now)], [RED]: [exemplar('b', now)] };
      await on.write(counter, { updates: [add(BLUE), add(RED)], exemplars });
      const after = { [BLUE]: [exemplar('c', now - 5)] };
      await on.replace(counter, { updates: [add(BLUE), add(RED)], exemplars: after });
      expect(await shownExemplars(store, group)).toEqual({ [`orders_total{${BLUE}`]: after[BLUE] });
    });

    it.each<[string, 'all' | string[]]>([
      ['everything', 'all'],
      ['the family', [counter.name]],
    ])('go when %s is cleared', async (_, clear) => {
      const of = exemplar('b', now);
      await on.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('a', now)] } });
      await on.write(histogram, { updates: [observe('')], exemplars: { '': [of] } });
      await on.written({ clear });
      await on.write(counter, { updates: [add(BLUE)] });
      expect(await shownExemplars(store, group)).toEqual(clear === 'all' ? {} : { 'seconds{': [of] });
    });

    it('stay with the series while the family grows', async () => {
      const expected: Record<string, readonly Exemplar[]> = {};
      for (let from = 0; from < 1_200; from += 100) {
        const all = Array.from({ length: 100 }, (_, at) => labelsOf(from + at));
        const some = all.filter((_, at) => at % 3 === 0);
        const exemplars = Object.fromEntries(some.map((labels) => [labels, [exemplar(String(from), now + from)]]));
        for (const [labels, list] of Object.entries(exemplars)) expected[`orders_total{${labels}`] = list;
        await on.write(counter, { updates: all.map((labels) => add(labels)), exemplars });
      }
      const shown = await shownExemplars(store, group);
      const traces = (all: ShownExemplars) =>
        Object.fromEntries(Object.entries(all).map(([id, [one]]) => [id, one?.labels]));
      expect(traces(shown)).toEqual(traces(expected));
    });

    it('are not shown of a series that is being announced at 0', async () => {
      const announcing = create({ notesNew: true });
      const announced = exemplarWriter(announcing, group);
      await announced.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('a', now)] } });
      expect(await shownExemplars(announcing, group, true)).toEqual({});
      expect(await shownExemplars(announcing, group)).toEqual({ [`orders_total{${BLUE}`]: [exemplar('a', now)] });
      await announcing.close();
    });

    it('are not told unless they are asked for', async () => {
      await on.write(counter, { updates: [add(BLUE)], exemplars: { [BLUE]: [exemplar('a', now)] } });
      await on.write(histogram, { updates: [observe('')], exemplars: { '': [exemplar('a', now)] } });
      for await (const reading of store.series.readText(group, await store.series.families(group))) {
        expect(
          JSON.stringify(reading.map(({ chunk }) => ('lines' in chunk ? Object.keys(chunk) : chunk))),
        ).not.toContain('exemplars');
      }
    });
  });
}
