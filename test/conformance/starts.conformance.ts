import { randomUUID } from 'node:crypto';
import { definitionShape, type Group, resolveDefinition, type ResolvedDefinition } from '../../lib/model/index.js';
import type { Batch, Store, Update } from '../../lib/store/index.js';
import { waitFor } from '../support/wait-for.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const kept = resolveDefinition({
  name: 'kept_total',
  help: 'Kept',
  type: 'counter',
  labelNames: ['type'],
  prefetch: true,
});
const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge', labelNames: ['type'] });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
const summary = resolveDefinition({ name: 'size_bytes', help: 'Size', type: 'summary', maxAgeSeconds: 10 });
const all = [counter, kept, gauge, histogram, summary];

const BLUE = 'type="blue"';
const RED = 'type="red"';
/** The store knows hundredths of a second. */
const UNIT_MS = 10;
const toUnit = (milliseconds: number): number => Math.floor(milliseconds / UNIT_MS) * UNIT_MS;
const A_MINUTE = 60_000;

const add = (labels: string, value = 1): Update => ({ op: 'add', labels, value });
/** Label values of many lengths, with all that a label may have. */
const labelsOf = (at: number): string => `type="${'é"\\'.repeat(at % 5).replace(/["\\]/g, '\\$&')}${at}"`;

export interface Shown {
  /** When series began that it showed first. */
  readonly at: number;
  /** `<family>{<labels>` -> when it began, 0: unknown. */
  readonly starts: Readonly<Record<string, number>>;
}

/** A push as far as the store sees it: takes the turn, reads all that there is, and gives the turn back. */
export async function push(store: Store, group: Group, { succeeds = true, knownPushAt = 0 } = {}): Promise<Shown> {
  const wish = { ttlMs: A_MINUTE, knownPushAt, silentMs: A_MINUTE, shownForMs: 0, withStarts: true };
  const { turn = '', now, begun } = await store.turns.begin(group, wish);
  if (begun?.starts === undefined) throw new Error('The turn is taken');
  const starts: Record<string, number> = {};
  for await (const reading of store.series.readText(group, begun.families, { starts: begun.starts })) {
    for (const { definition, chunk } of reading) {
      const note = (labels: string, start: number) => (starts[`${definition.name}{${labels}`] = toUnit(start));
      if (!('lines' in chunk)) for (const { labels, startMs = 0 } of chunk) note(labels, startMs);
      else {
        const text = Buffer.concat(chunk.lines).toString();
        for (const line of text.split('\n').slice(0, -1)) {
          const labels = /\{(.*)\}/.exec(line)?.[1] ?? '';
          const bytes = Buffer.from(`{${labels}}`);
          note(labels, chunk.startOf?.(bytes, 1, bytes.length - 1) ?? 0);
        }
      }
    }
  }
  await store.turns.end(group, turn, succeeds ? now : undefined, begun.starts);
  return { at: toUnit(begun.starts.at), starts };
}

/** Until the store's clock shows another time, and the turn that was asked for to see it is over. */
export async function aMomentLater(store: Store, group: Group): Promise<void> {
  const look = () => store.turns.take(group, 1);
  const { now } = await look();
  await waitFor(async () => (await look()).now > now + UNIT_MS, { intervalMs: 2 });
  await waitFor(
    async () => {
      const { turn } = await look();
      if (turn !== undefined) await store.turns.end(group, turn);
      return turn !== undefined;
    },
    { intervalMs: 2 },
  );
}

export function writer(store: Store, group: Group) {
  const name = randomUUID();
  let sequence = 0;
  const apply = async (batch: Partial<Batch>) => {
    const result = await store.series.apply(group, {
      writer: name,
      sequence: ++sequence,
      clear: [],
      definitions: all,
      families: [],
      ...batch,
    });
    expect(result.outcome).toBe('applied');
  };
  const changes = (definition: ResolvedDefinition, updates: Update[], mode?: 'begin') => ({
    family: definition.name,
    shape: definitionShape(definition),
    ...(mode && { mode }),
    updates,
  });
  return {
    apply,
    write: (definition: ResolvedDefinition, ...updates: Update[]) =>
      apply({ families: [changes(definition, updates)] }),
    replace: (definition: ResolvedDefinition, ...updates: Update[]) =>
      apply({
        families: [changes(definition, updates, 'begin')],
        show: [{ family: definition.name, shape: definitionShape(definition) }],
      }),
  };
}

/** How every store tells when series began. */
export function describeStarts(name: string, create: (seriesTtlMs?: number) => Store): void {
  describe(`${name}: when series began`, () => {
    let store: Store;
    let group: Group;
    let on: ReturnType<typeof writer>;

    beforeEach(() => {
      store = create();
      group = { job: `job ${randomUUID()}`, instance: 'host {1}', labels: {} };
      on = writer(store, group);
    });
    afterEach(() => store.close());

    const later = () => aMomentLater(store, group);

    it('is the turn of the first push that read it, successful or not, and stays so', async () => {
      await on.write(counter, add(BLUE, 7));
      const first = await push(store, group, { succeeds: false });
      expect(first.starts).toEqual({ [`orders_total{${BLUE}`]: first.at });
      await later();
      await on.write(counter, add(BLUE), add(RED));
      const second = await push(store, group);
      expect(second.starts).toEqual({ [`orders_total{${BLUE}`]: first.at, [`orders_total{${RED}`]: second.at });
      expect(second.at).toBeGreaterThan(first.at);
      await later();
      expect((await push(store, group)).starts).toEqual(second.starts);
    });

    it('is never later than the clock of the process that pushes', async () => {
      await on.write(counter, add(BLUE));
      const behind = Date.now() - 5_000;
      const now = jest.spyOn(Date, 'now').mockReturnValue(behind);
      try {
        expect((await push(store, group)).starts).toEqual({ [`orders_total{${BLUE}`]: toUnit(behind) });
      } finally {
        now.mockRestore();
      }
      expect((await push(store, group)).starts).toEqual({ [`orders_total{${BLUE}`]: toUnit(behind) });
    });

    it('is told of all but gauges', async () => {
      await on.write(counter, add(''));
      await on.write(gauge, add(''));
      await on.write(histogram, { op: 'observe', labels: '', counts: [1, 0, 2], sum: 7.5 });
      const bins = [{ slice: 1, bin: 7, count: 2 }];
      await on.write(summary, { op: 'sketch', labels: '', sum: 3, count: 2, bins, oldestSlice: 0 });
      const { at, starts } = await push(store, group);
      expect(starts).toEqual({ 'depth{': 0, 'orders_total{': at, 'seconds{': at, 'size_bytes{': at });
    });

    it('is forgotten with the series', async () => {
      await on.write(counter, add(BLUE), add(RED));
      const first = await push(store, group);
      await later();
      await on.write(counter, { op: 'remove', labels: BLUE });
      await on.write(counter, add(BLUE, 9));
      const { at, starts } = await push(store, group);
      expect(starts).toEqual({ [`orders_total{${BLUE}`]: at, [`orders_total{${RED}`]: first.at });
    });

    it('is forgotten with what reset() replaces, also after it had many series', async () => {
      for (let from = 0; from < 600; from += 200) {
        await on.write(counter, ...Array.from({ length: 200 }, (_, at) => add(labelsOf(from + at))));
      }
      await push(store, group);
      await later();
      await on.replace(counter, add(labelsOf(1)), add(labelsOf(700)));
      const { at, starts } = await push(store, group);
      expect(starts).toEqual({ [`orders_total{${labelsOf(1)}`]: at, [`orders_total{${labelsOf(700)}`]: at });
    });

    it.each<[string, 'all' | string[]]>([
      ['everything', 'all'],
      ['the family', [counter.name]],
    ])('is forgotten when %s is cleared', async (_, clear) => {
      await on.write(counter, add(BLUE, 7));
      await on.write(histogram, { op: 'observe', labels: '', counts: [1, 0, 2], sum: 7.5 });
      const first = await push(store, group);
      await later();
      await on.apply({ clear });
      await on.write(counter, add(BLUE, 7));
      const { at, starts } = await push(store, group);
      expect(starts).toEqual({
        [`orders_total{${BLUE}`]: at,
        ...(clear !== 'all' && { 'seconds{': first.at }),
      });
    });

    it('stays with the series while the family grows', async () => {
      const expected: Record<string, number> = {};
      for (const [from, to] of [
        [0, 40],
        [40, 200],
        [200, 1_200],
        [1_200, 1_210],
      ] as const) {
        for (let at = from; at < to; at += 200) {
          const count = Math.min(200, to - at);
          await on.write(counter, ...Array.from({ length: count }, (_, i) => add(labelsOf(at + i))));
        }
        const { at, starts } = await push(store, group);
        for (let i = from; i < to; i += 1) expected[`orders_total{${labelsOf(i)}`] = at;
        expect(starts).toEqual(expected);
        await later();
      }
      expect(new Set(Object.values(expected)).size).toBe(4);
    });

    it('is unknown of what Prometheus has given back', async () => {
      await on.write(kept, add(BLUE, 2), add(RED, 1));
      expect(await store.series.restore(group, kept, [{ labels: BLUE, value: 40 }])).toBe(true);
      const { at, starts } = await push(store, group);
      expect(starts).toEqual({ [`kept_total{${BLUE}`]: 0, [`kept_total{${RED}`]: at });
    });

    it('is unknown of what Prometheus has given back, also if a push has looked at it before', async () => {
      await on.write(kept, add(BLUE, 3));
      await push(store, group, { succeeds: false });
      expect(await store.series.restore(group, kept, [{ labels: BLUE, value: 100 }])).toBe(true);
      expect((await push(store, group)).starts).toEqual({ [`kept_total{${BLUE}`]: 0 });
    });

    it('is forgotten with a series that expires', async () => {
      const short = create(1);
      const shortly = writer(short, group);
      await shortly.write(counter, add(BLUE));
      await push(short, group);
      await aMomentLater(short, group);
      await short.removal.expireSeries(group);
      await shortly.write(counter, add(BLUE));
      const { at, starts } = await push(short, group);
      expect(starts).toEqual({ [`orders_total{${BLUE}`]: at });
      await short.close();
    });

    it('is not told unless it is asked for', async () => {
      await on.write(counter, add(BLUE));
      const { begun } = await store.turns.begin(group, {
        ttlMs: A_MINUTE,
        knownPushAt: 0,
        silentMs: A_MINUTE,
        shownForMs: 0,
      });
      expect(begun?.starts).toBeUndefined();
      expect(begun?.families.map(({ chunk }) => chunk && 'startOf' in chunk)).not.toContain(true);
    });
  });
}
