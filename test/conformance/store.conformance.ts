import { randomUUID } from 'node:crypto';
import {
  bytesOf,
  definitionShape,
  resolveDefinition,
  type Group,
  type ResolvedDefinition,
  type Series,
} from '../../lib/model/index.js';
import { formatFamilies } from '../../lib/exposition/index.js';
import type {
  Batch,
  FamilyUpdates,
  SeenValue,
  SignOfLife,
  Store,
  StoredFamily,
  Update,
} from '../../lib/store/index.js';
import { waitFor } from '../support/wait-for.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const gauge = resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' });
const histogram = resolveDefinition({ name: 'seconds', help: 'Seconds', type: 'histogram', buckets: [1, 2] });
const summary = resolveDefinition({ name: 'size_bytes', help: 'Size', type: 'summary', maxAgeSeconds: 10 });
const pool = resolveDefinition({ name: 'pool', help: 'Pool', type: 'gauge', labelNames: ['type'], aggregation: 'sum' });
const all = [counter, gauge, histogram, summary];

const BLUE = 'type="blue"';

export interface StoreUnderTest {
  create(seriesTtlMs?: number): Store;
  /** What a process with another version of the package, which has another format, leaves behind. */
  writeFormat(group: Group, format: string): Promise<void> | void;
}

/** What every store must do; each store runs the whole of it. */
const sign = (process: string, groups: readonly Group[]): SignOfLife => ({
  process,
  groups,
  gateways: ['http://a:1'],
  isWatched: true,
});

export function describeStore(name: string, under: StoreUnderTest): void {
  const create = (seriesTtlMs?: number): Store => under.create(seriesTtlMs);
  describe(`${name}: store contract`, () => {
    let store: Store;
    let group: Group;
    let write: (...families: FamilyUpdates[]) => ReturnType<Store['series']['apply']>;

    beforeEach(async () => {
      store = create();
      // A group of its own for each test: the server is shared.
      group = { job: `job ${randomUUID()}`, instance: 'host {1}', labels: { zone: 'a/b' } };
      const writer = randomUUID();
      let sequence = 0;
      write = (...families) => {
        sequence += 1;
        return store.series.apply(group, batch({ writer, sequence, definitions: all, families }));
      };
    });

    afterEach(() => store.close());

    const read = (definition: ResolvedDefinition, from = group) => readOf(store, definition, from);
    const readOf = async (
      reader: Store,
      definition: ResolvedDefinition,
      from = group,
    ): Promise<Record<string, unknown>> => {
      const series: Series[] = [];
      for await (const chunk of reader.series.read(from, definition)) series.push(...chunk);
      expect(new Set(series.map(({ labels }) => labels)).size).toBe(series.length);
      return Object.fromEntries(series.map(({ labels, value }) => [labels, value]));
    };

    const text = async (definition: ResolvedDefinition): Promise<string> => {
      const families = (await store.series.families(group)).filter((one) => one.definition.name === definition.name);
      let whole = '';
      for await (const chunk of formatFamilies(store.series.readText(group, families), 0))
        whole += Buffer.concat(bytesOf(chunk.piece)).toString();
      return whole;
    };

    it('can rehearse all that it is asked for, and shows nothing of it', async () => {
      await store.rehearse();
      expect(await store.signsOfLife.gateways(60_000)).not.toContain('http://trial:9091');
      expect(await store.series.definitions({ job: 'trial', instance: 'trial', labels: {} })).toEqual([]);
    });

    it('gives many families, small and large, in their order, each series once', async () => {
      const large = resolveDefinition({ name: 'm_050_large', help: 'Large', type: 'gauge', labelNames: ['at'] });
      const small = Array.from({ length: 230 }, (_, at) =>
        resolveDefinition({
          name: `m_${String(at).padStart(3, '0')}`,
          help: 'Small',
          type: at % 10 === 3 ? 'histogram' : 'counter',
          ...(at % 10 === 3 && { buckets: [1] }),
        }),
      );
      const without = resolveDefinition({ name: 'm_100_without', help: 'Without series', type: 'counter' });
      const definitions = [...small, large, without];
      const writer = randomUUID();
      const send = async (sequence: number, families: FamilyUpdates[]): Promise<void> => {
        const { outcome } = await store.series.apply(group, batch({ writer, sequence, definitions, families }));
        expect(outcome).toBe('applied');
      };
      await send(
        1,
        small.map((each, at) => family(each, each.type === 'histogram' ? observe('', [at, 1], at) : add('', at + 1))),
      );
      for (let part = 0; part < 15; part += 1) {
        const updates = Array.from({ length: 200 }, (_, at): Update => ({
          op: 'set',
          labels: `at="${part * 200 + at}"`,
          value: part,
        }));
        await send(part + 2, [family(large, ...updates)]);
      }
      const families = await store.series.families(group);
      const text: string[] = [];
      const readings: number[] = [];
      for await (const { piece, series } of formatFamilies(store.series.readText(group, families), 0)) {
        text.push(Buffer.concat(bytesOf(piece)).toString());
        readings.push(series);
      }
      const lines = text.join('').split('\n').slice(0, -1);
      expect(lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])).toEqual(
        definitions
          .map((each) => each.name)
          .filter((each) => each !== without.name)
          .sort(),
      );
      const samples = lines.filter((line) => !line.startsWith('#'));
      expect(samples.filter((line) => !line.startsWith('m_050_large'))).toEqual(
        small.flatMap((each, at) =>
          each.type === 'histogram'
            ? [
                `${each.name}_bucket{le="1"} ${at}`,
                `${each.name}_bucket{le="+Inf"} ${at + 1}`,
                `${each.name}_sum ${at}`,
                `${each.name}_count ${at + 1}`,
              ]
            : [`${each.name} ${at + 1}`],
        ),
      );
      expect(samples.filter((line) => line.startsWith('m_050_large')).sort()).toEqual(
        Array.from({ length: 3_000 }, (_, at) => `m_050_large{at="${at}"} ${Math.floor(at / 200)}`).sort(),
      );
      expect(readings.reduce((sum, series) => sum + series)).toBe(3_230);
      expect(Math.max(...readings)).toBeLessThan(3_100);
    });

    it('gives the lines of the exposition', async () => {
      const odd = 'type="a\\"b\\\\c\\n\u{1f600} {}"';
      await write(family(counter, add(BLUE, 5), add(odd, 0.1)), family(histogram, observe('', [1, 0, 2], 7.5)));
      const lines = (await text(counter)).split('\n');
      expect(lines.slice(0, 2)).toEqual(['# HELP orders_total Orders', '# TYPE orders_total counter']);
      expect(lines.slice(2).sort()).toEqual(['', `orders_total{${odd}} 0.1`, `orders_total{${BLUE}} 5`].sort());
      expect(await text(histogram)).toContain('\nseconds_bucket{le="+Inf"} 3\nseconds_sum 7.5\nseconds_count 3\n');
      expect(await text(gauge)).toBe('');
    });

    it.each([
      [0, '0'],
      [0.1, '0.1'],
      [1 / 3, '0.3333333333333333'],
      [0.30000000000000004, '0.30000000000000004'],
      [123456789012345, '123456789012345'],
      [2 ** 53 + 2, '9007199254740994'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, '+Inf'],
      [Number.NEGATIVE_INFINITY, '-Inf'],
    ])('writes %p, set or added to, as %p', async (value, expected) => {
      await write(family(gauge, set('', value)));
      expect(await text(gauge)).toMatch(new RegExp(`^depth ${expected.replace('+', '\\+')}$`, 'm'));
      await write(family(gauge, add('', 0)));
      expect(await text(gauge)).toMatch(new RegExp(`^depth ${expected.replace('+', '\\+')}$`, 'm'));
    });

    it('adds to a histogram of many buckets, whether few of them have changed or most', async () => {
      const bounds = Array.from({ length: 99 }, (_, at) => at);
      const wide = resolveDefinition({ name: 'wide', help: 'x', type: 'histogram', buckets: bounds });
      const counts = (of: (at: number) => number): number[] => Array.from({ length: 100 }, (_, at) => of(at));
      const [ends, most] = [counts((at) => (at % 99 === 0 ? 2 : 0)), counts((at) => at)];
      const middle = counts((at) => (at === 50 ? 0.5 : 0));
      await store.series.apply(
        group,
        batch({ writer: 'w', definitions: [wide], families: [family(wide, observe('', ends, 1))] }),
      );
      expect(await read(wide)).toEqual({ '': { counts: ends, sum: 1 } });
      for (const [at, each] of [most, middle, ends].entries()) {
        const update = observe('', each, 0.25);
        await store.series.apply(group, batch({ writer: 'w', sequence: at + 2, families: [family(wide, update)] }));
      }
      const sums = counts((at) => (most[at] as number) + (middle[at] as number) + 2 * (ends[at] as number));
      expect(await read(wide)).toEqual({ '': { counts: sums, sum: 1.75 } });
    });

    it('adds to counters and keeps series apart', async () => {
      await write(family(counter, add(BLUE, 5), add('type="red"', 2)));
      await write(family(counter, add(BLUE, 1)));
      expect(await read(counter)).toEqual({ [BLUE]: 6, 'type="red"': 2 });
    });

    it('reads nothing where nothing was written', async () => {
      expect(await read(counter)).toEqual({});
      expect(await store.series.definitions(group)).toEqual([]);
    });

    it.each([0.1, 1e-300, 1e308, 2 ** 53 + 2, -0.30000000000000004, 123456789.12345679])(
      'brings the number %p back as it was',
      async (value) => {
        await write(family(gauge, add('', value)));
        expect(await read(gauge)).toEqual({ '': value });
      },
    );

    it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0])(
      'keeps %p in a gauge',
      async (value) => {
        await write(family(gauge, set('', value)));
        expect(await read(gauge)).toEqual({ '': value });
        await write(family(gauge, add('', 1)));
        expect(await read(gauge)).toEqual({ '': value + 1 });
      },
    );

    it.each([
      [0.5, 2],
      [5, 0.25],
      [-3, 3],
      [10 ** 15 - 1, 1],
      [2 ** 53, 2],
      [-(2 ** 53), -4],
      [2 ** 63, 2 ** 62],
      [10 ** 22, 10 ** 21],
      [1, 2 ** 63],
    ])('adds up %p and %p', async (first, second) => {
      await write(family(gauge, add('', first)));
      await write(family(gauge, add('', second)));
      expect(await read(gauge)).toEqual({ '': first + second });
      expect(Number(/^depth (.*)$/m.exec(await text(gauge))?.[1])).toBe(first + second);
    });

    it('sets gauges, and adds to what was set', async () => {
      await write(family(gauge, set('', 7)));
      await write(family(gauge, add('', -2.5)));
      expect(await read(gauge)).toEqual({ '': 4.5 });
    });

    it('adds histograms up bucket by bucket', async () => {
      await write(family(histogram, observe('', [1, 0, 2], 7.5)));
      await write(family(histogram, observe('', [0, 1, 1], 3.25)));
      expect(await read(histogram)).toEqual({ '': { counts: [1, 1, 3], sum: 10.75 } });
    });

    it('merges summaries and forgets old slices', async () => {
      await write(family(summary, sketch('', 3, 2, [bin(100, 7, 1), bin(101, -7, 1)], 97)));
      await write(family(summary, sketch('', 5, 3, [bin(101, -7, 2), bin(101, 0, 1)], 101)));
      expect(await read(summary)).toEqual({ '': { sum: 8, count: 5, bins: [bin(101, -7, 3), bin(101, 0, 1)] } });
    });

    it('removes one series, all of a family, and everything', async () => {
      await write(family(counter, add(BLUE, 1), add('type="red"', 1)), family(gauge, set('', 3)));
      await write(family(counter, { op: 'remove', labels: BLUE }));
      expect(await read(counter)).toEqual({ 'type="red"': 1 });
      await store.series.apply(group, replacement('reset', family(counter, add(BLUE, 4))));
      expect(await read(counter)).toEqual({ [BLUE]: 4 });
      expect(await read(gauge)).toEqual({ '': 3 });
      await store.series.apply(group, batch({ writer: 'another', clear: 'all' }));
      expect(await read(counter)).toEqual({});
      expect(await store.series.definitions(group)).toEqual([]);
    });

    it('applies a batch once, however often it is sent', async () => {
      const once = batch({ writer: 'w', sequence: 1, definitions: all, families: [family(counter, add(BLUE, 5))] });
      expect(await store.series.apply(group, once)).toEqual({ outcome: 'applied' });
      expect(await store.series.apply(group, once)).toEqual({ outcome: 'seen' });
      const next = batch({ writer: 'w', sequence: 2, families: [family(counter, add(BLUE, 1))] });
      expect(await store.series.apply(group, next)).toEqual({ outcome: 'applied' });
      expect(await store.series.apply(group, once)).toEqual({ outcome: 'seen' });
      expect(await store.series.apply(group, { ...once, writer: 'v' })).toEqual({ outcome: 'applied' });
      expect(await read(counter)).toEqual({ [BLUE]: 11 });
    });

    it('clears single families whatever their shapes, and keeps the others', async () => {
      await write(family(counter, add(BLUE, 1)), family(gauge, set('', 3)));
      const other = resolveDefinition({ name: 'orders_total', help: 'x', type: 'histogram', buckets: [1] });
      const renewed = { ...family(other, observe(BLUE, [0, 1], 2)) };
      const clearing = batch({ writer: 'a', clear: ['orders_total', 'unknown'], families: [renewed] });
      expect(await store.series.apply(group, clearing)).toEqual({ outcome: 'undefined', families: ['orders_total'] });
      expect(await read(counter)).toEqual({ [BLUE]: 1 });
      expect(await store.series.apply(group, { ...clearing, definitions: [other] })).toEqual({ outcome: 'applied' });
      expect(await read(other)).toEqual({ [BLUE]: { counts: [0, 1], sum: 2 } });
      expect(await read(gauge)).toEqual({ '': 3 });
      expect(await store.series.definitions(group)).toEqual([gauge, other, histogram, summary]);
      await store.series.apply(group, batch({ writer: 'b', clear: ['orders_total'] }));
      expect(await store.series.definitions(group)).toEqual([gauge, histogram, summary]);
      expect(await read(other)).toEqual({});
    });

    it.each(['1', '5', '7'])('leaves data of format %s alone, by name, whatever it is asked', async (format) => {
      await under.writeFormat(group, format);
      const refusal = {
        code: 'ERR_STORE_FORMAT',
        message: expect.stringContaining(`holds data in format ${format} of nestjs-prometheus-pushgateway`),
      };
      const asked: Promise<unknown>[] = [
        write(family(counter, add(BLUE, 5))),
        store.series.definitions(group),
        read(counter),
        store.series.restoring(group),
        store.series.number(group, 'w', 0),
        store.series.restore(group, counter, []),
        store.turns.take(group, 1_000),
        store.turns.keep(group, 'turn', 1_000),
        store.turns.end(group, 'turn', 1),
        store.ledgers.read(group),
        store.ledgers.noteHolder(group, 'turn', 'http://a:1'),
        store.ledgers.noteSilence(group, 'turn', 1),
        store.ledgers.strikeCopy(group, 'http://a:1', '1'),
        store.ledgers.noteCopies(group, 'turn', ['http://a:1']),
        store.ledgers.noteUnreachable(group, 'http://a:1', true),
        store.ledgers.noteAbsent(group, 'turn'),
        store.ledgers.forgetCopy(group, 'http://a:1', '1'),
        store.announcements.release(group, 0),
        store.announcements.noteShown(group, 1),
        store.processes.live(group, 'p'),
        store.processes.leave(group, 'p'),
        store.removal.isQuiet(group, 'turn', 0),
        store.removal.removeGroup(group, 'turn', 0),
      ];
      for (const each of asked) await expect(each).rejects.toMatchObject(refusal);
      const another = { ...group, instance: 'another' };
      expect(await store.series.definitions(another)).toEqual([]);
    });

    it('asks for definitions it does not know, and applies nothing', async () => {
      const families = [family(counter, add(BLUE, 5)), family(gauge, set('', 1))];
      const first = batch({ writer: 'w', definitions: [gauge], families });
      expect(await store.series.apply(group, first)).toEqual({ outcome: 'undefined', families: ['orders_total'] });
      expect(await read(gauge)).toEqual({});
      expect(await store.series.apply(group, { ...first, definitions: all })).toEqual({ outcome: 'applied' });
      expect(await read(gauge)).toEqual({ '': 1 });
    });

    it('asks for definitions again after it forgot everything in the same batch', async () => {
      await write(family(counter, add(BLUE, 5)));
      const families = [family(counter, add(BLUE, 1))];
      const forgetting = batch({ writer: 'w', clear: 'all', families });
      expect(await store.series.apply(group, forgetting)).toEqual({ outcome: 'undefined', families: ['orders_total'] });
      expect(await read(counter)).toEqual({ [BLUE]: 5 });
      expect(await store.series.apply(group, { ...forgetting, definitions: [counter] })).toEqual({
        outcome: 'applied',
      });
      expect(await read(counter)).toEqual({ [BLUE]: 1 });
    });

    it('takes over a new help text, label names and quantiles', async () => {
      await write();
      const renewed = resolveDefinition({
        name: 'orders_total',
        help: 'ü\n"x"',
        type: 'counter',
        labelNames: ['a', 'b'],
      });
      await store.series.apply(group, batch({ writer: 'w', definitions: [renewed] }));
      expect(await store.series.definitions(group)).toEqual([gauge, renewed, histogram, summary]);
    });

    it('keeps groups apart', async () => {
      const others: Group[] = [
        { ...group, job: `${group.job} 2` },
        { ...group, instance: 'host 2' },
        { ...group, labels: {} },
        { ...group, labels: { zone: 'a', 'b/zone': '' } },
      ];
      await write(family(counter, add(BLUE, 5)));
      for (const other of others) expect(await read(counter, other)).toEqual({});
      await store.series.apply(others[0] as Group, batch({ writer: 'w', clear: 'all' }));
      expect(await read(counter)).toEqual({ [BLUE]: 5 });
    });

    it('keeps any text as a label value', async () => {
      const labels = 'type="a\\"b\\\\c\\n\u{1f600} {}:|=, \u0000"';
      await write(family(counter, add(labels, 1)));
      expect(await read(counter)).toEqual({ [labels]: 1 });
    });

    it('holds thousands of series of a family, each once, while they are being made', async () => {
      const early = 4_000;
      const made = 12_000;
      const labels = (at: number): string => `type="${at}"`;
      const updates = (from: number, to: number): Update[] =>
        Array.from({ length: to - from }, (_, at) => add(labels(from + at), from + at));
      await write(family(counter, ...updates(0, early)));
      const seen = new Set<string>();
      let at = early;
      for await (const chunk of store.series.read(group, counter)) {
        for (const { labels: found } of chunk) {
          expect(seen.has(found)).toBe(false);
          seen.add(found);
        }
        if (at < made) await write(family(counter, ...updates(at, (at += 2_000))));
      }
      for (let old = 0; old < early; old += 1) expect(seen.has(labels(old))).toBe(true);
      while (at < made) await write(family(counter, ...updates(at, (at += 2_000))));
      await write(family(counter, ...updates(0, made)));
      const values = await read(counter);
      expect(Object.keys(values)).toHaveLength(made);
      expect(values[labels(4_321)]).toBe(8_642);
    });

    describe('restores a counter it did not know', () => {
      const lost = resolveDefinition({
        name: 'lost_total',
        help: 'Lost',
        type: 'counter',
        labelNames: ['type'],
        prefetch: true,
      });
      const RED = 'type="red"';
      const restore = (...values: SeenValue[]) => store.series.restore(group, lost, values);
      const blue = (value: number): SeenValue => ({ labels: BLUE, value });
      const red = (value: number): SeenValue => ({ labels: RED, value });
      const define = (clear: Batch['clear'] = []) =>
        store.series.apply(
          group,
          batch({ writer: randomUUID(), clear, definitions: [lost, gauge], families: [family(lost, add(BLUE, 1))] }),
        );
      const waiting = async (): Promise<string[]> => [...(await store.series.restoring(group)).keys()];

      it('once, and adds it to what was counted meanwhile', async () => {
        expect(await waiting()).toEqual([]);
        await define();
        await define();
        expect(await waiting()).toEqual(['lost_total']);
        const age = (await store.series.restoring(group)).get('lost_total');
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(60_000);
        const both = await Promise.all([restore(blue(3), red(0.5)), restore(blue(3), red(0.5))]);
        expect(both.sort()).toEqual([false, true]);
        expect(await read(lost)).toEqual({ [BLUE]: 5, [RED]: 0.5 });
        expect(await waiting()).toEqual([]);
        await define();
        expect(await waiting()).toEqual([]);
      });

      it('even if there is nothing to restore', async () => {
        await define();
        expect(await restore()).toBe(true);
        expect(await waiting()).toEqual([]);
        expect(await read(lost)).toEqual({ [BLUE]: 1 });
      });

      it('but not what it already held', async () => {
        const { prefetch: _, ...plain } = lost;
        await store.series.apply(
          group,
          batch({ writer: 'old', definitions: [plain], families: [family(plain, add(BLUE, 7))] }),
        );
        await define();
        expect(await waiting()).toEqual([]);
        expect(await restore(blue(3))).toBe(false);
        expect(await read(lost)).toEqual({ [BLUE]: 8 });
      });

      it('but not what was forgotten on purpose', async () => {
        await define();
        await store.series.apply(group, batch({ writer: 'forgetful', clear: 'all' }));
        expect(await waiting()).toEqual([]);
        await define();
        expect(await waiting()).toEqual([]);
        await define('all');
        expect(await waiting()).toEqual([]);
        expect(await restore(blue(3))).toBe(false);
        expect(await read(lost)).toEqual({ [BLUE]: 1 });
      });

      it('but not a family that was cleared alone', async () => {
        await define();
        await store.series.apply(group, batch({ writer: 'forgetful', clear: ['lost_total'] }));
        expect(await waiting()).toEqual([]);
        await define();
        expect(await waiting()).toEqual([]);
        expect(await read(lost)).toEqual({ [BLUE]: 1 });
      });

      it('but not a family that was reset, nor a series that was removed while it waited', async () => {
        await define();
        await store.series.apply(
          group,
          batch({ writer: 'a', families: [family(lost, { op: 'remove', labels: RED }, add(RED, 2))] }),
        );
        expect(await restore(blue(3), red(9))).toBe(true);
        expect(await read(lost)).toEqual({ [BLUE]: 4, [RED]: 2 });

        group = { ...group, instance: 'another' };
        await define();
        await store.series.apply(group, replacement('c', family(lost)));
        expect(await waiting()).toEqual([]);
        expect(await restore(blue(3))).toBe(false);
        expect(await read(lost)).toEqual({});
      });
    });

    describe('gives batches their numbers', () => {
      it('one after the other, with the answer too if the next one is made up already', async () => {
        expect(await store.series.number(group, 'w', 0)).toEqual(numbered('w', 1));
        const first = batch({ writer: 'w', definitions: [counter], families: [family(counter, add(BLUE, 1))] });
        expect(await store.series.apply(group, { ...first, wantsNext: true })).toEqual({ outcome: 'applied', next: 2 });
        expect(await store.series.apply(group, { ...first, wantsNext: true })).toEqual({ outcome: 'seen' });
        const second = batch({ writer: 'w', sequence: 2, families: [family(counter, add(BLUE, 10))] });
        expect(await store.series.apply(group, second)).toEqual({ outcome: 'applied' });
        expect(await store.series.number(group, 'w', 2)).toEqual(numbered('w', 3));
        expect(await read(counter)).toEqual({ [BLUE]: 11 });
      });

      it('to two processes resumed from one image unlike ones, so that each counts', async () => {
        await write(family(counter, add(BLUE, 1)));
        await store.series.number(group, 'w', 0);
        const inBoth = batch({ writer: 'w', families: [family(counter, add(BLUE, 10))] });
        expect(await store.series.apply(group, inBoth)).toEqual({ outcome: 'applied' });
        expect(await store.series.apply(group, inBoth)).toEqual({ outcome: 'seen' });
        // The same content, but of each its own.
        const own = [await store.series.number(group, 'w', 1), await store.series.number(group, 'w', 1)];
        for (const each of own) {
          expect(each).toMatchObject({ outcome: 'numbered', isCopy: false });
          const { writer, sequence } = each as Extract<typeof each, { writer: string }>;
          const mine = batch({ writer, sequence, families: [family(counter, add(BLUE, 100))] });
          expect(await store.series.apply(group, mine)).toEqual({ outcome: 'applied' });
        }
        expect(await read(counter)).toEqual({ [BLUE]: 211 });
      });

      it('to a process that was resumed from an older image, and says so', async () => {
        await write(family(counter, add(BLUE, 1)));
        for (const sequence of [1, 2, 3]) {
          await store.series.number(group, 'w', sequence - 1);
          await store.series.apply(group, batch({ writer: 'w', sequence, families: [family(counter, add(BLUE, 10))] }));
        }
        const resumed = await store.series.number(group, 'w', 1);
        expect(resumed).toMatchObject({ outcome: 'numbered', sequence: 1, isCopy: true });
        const { writer } = resumed as Extract<typeof resumed, { writer: string }>;
        expect(writer).not.toBe('w');
        const next = batch({ writer, families: [family(counter, add(BLUE, 100))] });
        expect(await store.series.apply(group, next)).toEqual({ outcome: 'applied' });
        expect(await read(counter)).toEqual({ [BLUE]: 131 });
      });

      it('and says that it is older than a batch that it once had applied', async () => {
        await write(family(counter, add(BLUE, 1)));
        await store.series.number(group, 'w', 0);
        await store.series.apply(group, batch({ writer: 'w', families: [family(counter, add(BLUE, 10))] }));
        expect(await store.series.number(group, 'w', 7)).toEqual({ outcome: 'behind', applied: 1 });
        const late = batch({ writer: 'w', sequence: 8, families: [family(counter, add(BLUE, 100))] });
        expect(await store.series.apply(group, late)).toEqual({ outcome: 'behind', applied: 1 });
        expect(await store.series.number(group, 'unheard', 3)).toEqual({ outcome: 'behind', applied: 0 });
        expect(await read(counter)).toEqual({ [BLUE]: 11 });
      });
    });

    it('goes on, when it is older than it was, from the larger of what it has and what was seen, and adds what came since', async () => {
      const kept = resolveDefinition({
        name: 'kept_total',
        help: 'x',
        type: 'counter',
        labelNames: ['type'],
        prefetch: true,
      });
      const define = (...updates: Update[]) =>
        store.series.apply(
          group,
          batch({ writer: randomUUID(), definitions: [kept], families: [family(kept, ...updates)] }),
        );
      await define(add(BLUE, 1_000), add('type="red"', 50));
      await store.series.restore(group, kept, []);
      expect((await store.series.restoring(group)).size).toBe(0);
      await store.series.number(group, 'w', 9);
      expect([...(await store.series.restoring(group)).keys()]).toEqual(['kept_total']);
      await define(add(BLUE, 5), add('type="red"', 0.5), add('type="new"', 7), { op: 'remove', labels: 'type="gone"' });
      const seen = [
        { labels: BLUE, value: 1_040 },
        { labels: 'type="red"', value: 40 },
        { labels: 'type="gone"', value: 3 },
        { labels: 'type="lost"', value: 4 },
      ];
      expect(await store.series.restore(group, kept, seen)).toBe(true);
      expect(await read(kept)).toEqual({ [BLUE]: 1_045, 'type="red"': 50.5, 'type="new"': 7, 'type="lost"': 4 });
    });

    it('shows new values of a family at one stroke, and the old ones to a reading that had begun', async () => {
      const labels = (at: number): string => `type="${at}"`;
      const many = (from: number, to: number, value: number): Update[] =>
        Array.from({ length: to - from }, (_, at) => add(labels(from + at), value));
      await write(family(counter, ...many(0, 600, 1)));
      const [before] = (await store.series.families(group)).filter(
        ({ definition }) => definition.name === counter.name,
      );
      const apply = (sequence: number, part: Partial<Batch>) =>
        store.series.apply(group, batch({ writer: 'w', sequence, ...part }));
      await apply(1, { families: [{ ...family(counter, ...many(0, 200, 5)), mode: 'begin' }] });
      await write(family(counter, add(labels(0), 1)));
      await apply(2, { families: [{ ...family(counter, ...many(200, 400, 5)), mode: 'fill' }] });
      expect(Object.keys(await read(counter))).toHaveLength(600);
      expect((await read(counter))[labels(0)]).toBe(2);
      const last = { ...family(counter, ...many(400, 500, 5)), mode: 'fill' } as const;
      await apply(3, { families: [last], show: [last] });
      expect(await read(counter)).toEqual(Object.fromEntries(many(0, 500, 5).map(({ labels: each }) => [each, 5])));
      const old: Series[] = [];
      for await (const chunk of store.series.read(group, counter, { generation: before?.generation }))
        old.push(...chunk);
      expect(old).toHaveLength(600);
      await write(family(counter, add(labels(0), 1)));
      expect((await read(counter))[labels(0)]).toBe(6);
    });

    it('clears and shows what takes its place in the same moment, also with another shape', async () => {
      await write(family(counter, add(BLUE, 1)), family(gauge, set('', 3)));
      const other = resolveDefinition({ name: 'orders_total', help: 'x', type: 'histogram', buckets: [1] });
      const filling = { ...family(other, observe(BLUE, [0, 1], 2)), mode: 'begin' } as const;
      expect(await store.series.apply(group, batch({ writer: 'w', families: [filling] }))).toEqual({
        outcome: 'applied',
      });
      expect(await read(counter)).toEqual({ [BLUE]: 1 });
      const showing = batch({ writer: 'w', sequence: 2, clear: 'all', definitions: [other], show: [filling] });
      expect(await store.series.apply(group, showing)).toEqual({ outcome: 'applied' });
      expect(await store.series.definitions(group)).toEqual([other]);
      expect(await read(other)).toEqual({ [BLUE]: { counts: [0, 1], sum: 2 } });
    });

    it('lets series expire that nobody updates, but not those without labels, nor values of living processes', async () => {
      await write(family(counter, add(BLUE, 5)));
      expect(await store.removal.expireSeries(group)).toBe(false);
      const expiring = create(1);
      const patient = create(3_600_000);
      try {
        const many = Array.from({ length: 1_500 }, (_, at) => add(`type="${at}"`, 1));
        const parts = ['one', 'two'].map((process) => ({ op: 'part', labels: BLUE, process, value: 2 }) as const);
        for (const { process } of parts) await store.processes.live(group, process);
        const batches = [
          [expiring, 'w', [family(counter, ...many), family(gauge, set('', 1)), family(pool, ...parts)]],
          [patient, 'v', [family(counter, add('type="red"', 2))]],
        ] as const;
        for (const [each, writer, families] of batches) {
          await each.series.apply(group, batch({ writer, definitions: [...all, pool], families }));
        }
        expect(await patient.removal.expireSeries(group)).toBe(true);
        expect(Object.keys(await readOf(patient, counter))).toContain('type="red"');
        await patient.series.apply(
          group,
          batch({ writer: 'v', sequence: 2, families: [family(counter, { op: 'remove', labels: 'type="red"' })] }),
        );
        for (
          const end = Date.now() + 10_000;
          Object.keys(await readOf(expiring, counter)).length > 1 && Date.now() < end;
        ) {
          expect(await expiring.removal.expireSeries(group)).toBe(true);
        }
        const left = Object.keys(await readOf(expiring, counter));
        expect(left.filter((labels) => labels !== BLUE)).toEqual([]);
        expect(await readOf(expiring, gauge)).toEqual({ '': 1 });
        expect(await readOf(expiring, pool)).toEqual({ [BLUE]: 4 });
        await expiring.series.apply(
          group,
          batch({ writer: 'w', sequence: 2, families: [family(counter, add('type="7"', 3))] }),
        );
        expect(await readOf(expiring, counter)).toMatchObject({ 'type="7"': 3 });
      } finally {
        await Promise.all([expiring.close(), patient.close()]);
      }
    });

    it('knows which gateways living processes have configured', async () => {
      const { signsOfLife } = store;
      const other: Group = { ...group, instance: 'other' };
      await signsOfLife.beat({ ...sign('one', [group]), gateways: ['http://a:1', 'http://b:2'] });
      await signsOfLife.beat({ ...sign('two', [group, other]), gateways: ['http://b:2', 'http://c:3'] });
      const of = async (...args: Parameters<typeof signsOfLife.gateways>): Promise<string[]> =>
        [...(await signsOfLife.gateways(...args))].sort();
      expect(await of(3_600_000, group)).toEqual(['http://a:1', 'http://b:2', 'http://c:3']);
      expect(await of(3_600_000, other)).toEqual(['http://b:2', 'http://c:3']);
      expect(await of(3_600_000, { ...group, instance: 'none' })).toEqual([]);
      expect(await of(3_600_000)).toEqual(expect.arrayContaining(['http://a:1', 'http://b:2', 'http://c:3']));
      await waitFor(async () => (await of(1, group)).length === 0, { message: 'the signs to be old' });
      await signsOfLife.beat({ ...sign('one', [group]), gateways: ['http://d:4'] });
      await signsOfLife.leave('two', [group, other], 3_600_000);
      expect(await of(3_600_000, group)).toEqual(['http://d:4']);
      await signsOfLife.leave('one', [group], 3_600_000);
      expect(await of(3_600_000, group)).toEqual([]);
    });

    it('watches over the groups of those who ask for it, and counts every process for them', async () => {
      const { signsOfLife } = store;
      const ids = async (): Promise<string[]> =>
        (await signsOfLife.silentGroups(0)).filter(({ job }) => job === group.job).map(({ instance }) => instance);
      await signsOfLife.beat({ ...sign('one', [group]), isWatched: false });
      expect(await ids()).toEqual([]);
      await signsOfLife.beat(sign('two', [group]));
      expect(await ids()).toEqual([group.instance]);
      await waitFor(async () => (await signsOfLife.silentGroups(2)).some(({ job }) => job === group.job), {
        message: 'the group to be silent',
      });
      await signsOfLife.beat({ ...sign('one', [group]), isWatched: false });
      expect((await signsOfLife.silentGroups(60_000)).some(({ job }) => job === group.job)).toBe(false);
      await signsOfLife.leave('one', [group], 0);
      await signsOfLife.strike(group, 0);
    });

    it('knows which groups have living processes', async () => {
      const other: Group = { ...group, instance: 'other' };
      const isSilent = async (wanted: Group, forMs: number): Promise<boolean> =>
        (await store.signsOfLife.silentGroups(forMs)).some(
          (found) => found.instance === wanted.instance && found.job === wanted.job,
        );
      await store.signsOfLife.beat(sign('one', [group, other]));
      await store.signsOfLife.beat(sign('two', [group]));
      expect(await isSilent(group, 0)).toBe(true);
      expect(await isSilent(group, 3_600_000)).toBe(false);
      expect(await store.signsOfLife.leave('one', [group, other], 3_600_000)).toEqual([other]);
      expect(await store.signsOfLife.leave('two', [group], 3_600_000)).toEqual([group]);
      await store.signsOfLife.strike(group, 3_600_000);
      expect(await isSilent(group, 0)).toBe(true);
      await store.signsOfLife.strike(group, 0);
      expect(await isSilent(group, 0)).toBe(false);
      expect(await isSilent(other, 0)).toBe(true);
    });

    it('removes a group that is quiet, whole, for whoever has the turn', async () => {
      await write(
        family(counter, ...Array.from({ length: 500 }, (_, at) => add(`type="${at}"`, 1))),
        family(gauge, set('', 1)),
      );
      const { turn = '', now } = await store.turns.take(group, 60_000);
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      expect(await store.removal.isQuiet(group, turn, 3_600_000)).toBe(false);
      expect(await store.removal.removeGroup(group, turn, 3_600_000)).toBe(false);
      expect(await store.removal.isQuiet(group, 'not mine', 0)).toBe(false);
      expect(await store.removal.removeGroup(group, 'not mine', 0)).toBe(false);
      expect(await read(gauge)).toEqual({ '': 1 });
      expect(await store.removal.removeGroup(group, turn, 0)).toBe(true);
      expect(await read(counter)).toEqual({});
      expect(await store.series.definitions(group)).toEqual([]);
      expect(await store.ledgers.read(group)).toMatchObject({ holder: undefined, copies: [] });
      const next = await store.turns.take(group, 60_000);
      expect(next.turn).toEqual(expect.any(String));
      await store.turns.end(group, next.turn as string, now);
      const { turn: last = '' } = await store.turns.take(group, 60_000);
      expect(await store.removal.isQuiet(group, last, 3_600_000)).toBe(false);
    });

    it('gives the turn to one at a time, and notes when the last push took its own', async () => {
      const first = await store.turns.take(group, 10_000);
      expect(first.turn).toEqual(expect.any(String));
      expect(first.lastPushedAt).toBe(0);
      expect(Math.abs(first.now - Date.now())).toBeLessThan(60_000);
      expect(first.busyForMs).toBe(0);
      const refused = await store.turns.take(group, 20_000);
      expect(refused.turn).toBeUndefined();
      expect(refused.busyForMs).toBeGreaterThan(0);
      expect(refused.busyForMs).toBeLessThanOrEqual(10_000);
      expect(await store.turns.keep(group, first.turn as string, 10_000)).toBe(true);
      expect(await store.turns.keep(group, 'not mine', 10_000)).toBe(false);
      await store.turns.end(group, 'not mine');
      expect((await store.turns.take(group, 10_000)).turn).toBeUndefined();
      await store.turns.end(group, first.turn as string, first.now);
      const next = await store.turns.take(group, 10_000);
      expect(next.turn).toEqual(expect.any(String));
      expect(next.lastPushedAt).toBe(first.now);
      await store.turns.end(group, next.turn as string);
      expect((await store.turns.take(group, 10_000)).lastPushedAt).toBe(first.now);
    });

    describe('a push that begins', () => {
      const wish = { ttlMs: 10_000, knownPushAt: 0, silentMs: 60_000, shownForMs: 0 };
      const linesOf = async (families: readonly StoredFamily[]): Promise<string[]> => {
        const lines: string[] = [];
        for await (const parts of store.series.readText(group, families)) {
          for (const { definition, chunk } of parts) {
            if (!('lines' in chunk)) lines.push(...chunk.map(({ labels }) => `${definition.name}{${labels}}`));
            else lines.push(...Buffer.concat(chunk.lines).toString().trimEnd().split('\n'));
          }
        }
        return lines.map((line) => line.replace(/ \d+$/, '')).sort();
      };

      it('tells a turn that only reads from one that pushes, which ends what was noted as absent', async () => {
        const reading = await store.turns.begin(group, { ...wish, isReading: true });
        expect(await store.ledgers.noteAbsent(group, 'another')).toBe(false);
        expect(await store.ledgers.noteAbsent(group, reading.turn as string)).toBe(true);
        expect(await store.turns.take(group, 60_000)).toMatchObject({ isBusyReading: true });
        expect(await store.turns.keep(group, reading.turn as string, 60_000)).toBe(true);
        expect(await store.turns.begin(group, wish)).toMatchObject({ isBusyReading: true });
        await store.turns.end(group, reading.turn as string);
        const again = await store.turns.begin(group, { ...wish, isReading: true });
        expect(again.begun?.ledger.absentAt).toBeGreaterThan(0);
        await store.turns.end(group, again.turn as string);
        const { turn = '', begun } = await store.turns.begin(group, wish);
        expect(begun?.ledger.absentAt).toBeUndefined();
        expect(await store.turns.take(group, 60_000)).not.toHaveProperty('isBusyReading');
        await store.ledgers.noteAbsent(group, turn);
        await store.turns.end(group, turn);
        await store.turns.end(group, (await store.turns.take(group, 60_000)).turn as string);
        expect((await store.ledgers.read(group)).absentAt).toBeUndefined();
      });

      it('takes the turn, and hears what there is at that moment', async () => {
        await write(family(counter, add(BLUE, 1)), family(histogram, observe('', [1, 0], 1)));
        const { turn = '', begun } = await store.turns.begin(group, wish);
        expect(turn).not.toBe('');
        expect([begun?.contested, [...(begun?.waiting ?? [])]]).toEqual([[], []]);
        expect(begun?.ledger).toMatchObject({ holder: undefined, copies: [] });
        const families = begun?.families ?? [];
        expect(families.map(({ definition }) => definition)).toEqual(await store.series.definitions(group));
        expect(await linesOf(families)).toEqual(await linesOf(await store.series.families(group)));
        expect(await linesOf(families)).toHaveLength(2);
        expect(await store.turns.begin(group, wish)).toEqual({
          now: expect.any(Number) as number,
          lastPushedAt: 0,
          busyForMs: expect.any(Number) as number,
        });

        await store.ledgers.noteHolder(group, turn, 'http://a:1');
        await store.turns.end(group, turn);
        const next = await store.turns.begin(group, wish);
        expect(next.begun?.ledger).toMatchObject({ holder: 'http://a:1', copies: ['http://a:1'] });
      });

      it('reads many series of one family and few of others, each once', async () => {
        const many = Array.from({ length: 150 }, (_, at) => add(`type="${at}"`, 1));
        await write(family(counter, ...many), family(gauge, set('', 3)));
        const { begun } = await store.turns.begin(group, wish);
        const lines = await linesOf(begun?.families ?? []);
        expect(lines).toHaveLength(151);
        expect(new Set(lines).size).toBe(151);
      });

      it('does not take it where another push has done what this one would', async () => {
        const first = await store.turns.begin(group, wish);
        await store.turns.end(group, first.turn as string, first.now);
        const late = await store.turns.begin(group, { ...wish, notAgainWithinMs: 3_600_000 });
        const covered = await store.turns.begin(group, { ...wish, notIfPushedAfter: first.now - 1 });
        for (const refused of [late, covered]) {
          const { turn, begun, ...rest } = refused;
          expect([turn, begun]).toEqual([undefined, undefined]);
          expect(rest).toEqual({ now: expect.any(Number) as number, lastPushedAt: first.now, busyForMs: 0 });
        }
        expect((await store.turns.begin(group, { ...wish, notIfPushedAfter: first.now })).turn).toBeDefined();
      });

      it('hears that counters wait if the store is older than the caller knows', async () => {
        const known = { ...counter, prefetch: true as const };
        await store.series.apply(group, batch({ definitions: [known], families: [family(known, add(BLUE, 1))] }));
        await store.series.restore(group, known, []);
        const first = await store.turns.begin(group, wish);
        expect([...(first.begun?.waiting.keys() ?? [])]).toEqual([]);
        await store.turns.end(group, first.turn as string);
        const begin = () => store.turns.begin(group, { ...wish, ttlMs: 1, knownPushAt: first.now });
        await waitFor(async () => (await begin()).begun?.waiting.has(counter.name) === true, { intervalMs: 2 });
      });
    });

    it('lets a turn expire', async () => {
      const first = await store.turns.take(group, 1);
      let second = await store.turns.take(group, 10_000);
      for (const end = Date.now() + 10_000; second.turn === undefined && Date.now() < end;) {
        second = await store.turns.take(group, 10_000);
      }
      expect(second.turn).toEqual(expect.any(String));
      expect(await store.turns.keep(group, first.turn as string, 10_000)).toBe(false);
    });

    it('keeps a ledger of the gateways that may hold a copy', async () => {
      const nothing = { holder: undefined, copies: [], silentSince: undefined, pushedAt: undefined };
      expect(await store.ledgers.read(group)).toMatchObject(nothing);
      const { turn = '' } = await store.turns.take(group, 10_000);
      expect(await store.ledgers.noteHolder(group, turn, 'http://a:1')).toBe(true);
      expect(await store.ledgers.noteHolder(group, turn, 'http://b:2/x')).toBe(true);
      const { copies, holder, silentSince } = await store.ledgers.read(group);
      expect([...copies].sort()).toEqual(['http://a:1', 'http://b:2/x']);
      expect({ holder, silentSince }).toEqual({ holder: 'http://b:2/x', silentSince: undefined });
      const { holds, heldForMs } = await store.ledgers.read(group);
      expect(heldForMs).toBeGreaterThanOrEqual(0);
      await store.ledgers.strikeCopy(group, 'http://b:2/x', holds['http://b:2/x'] as string);
      await store.ledgers.strikeCopy(group, 'http://a:1', holds['http://a:1'] as string);
      expect((await store.ledgers.read(group)).copies).toEqual(['http://b:2/x']);
    });

    it('does not strike a copy of a gateway that has held the group again', async () => {
      const { turn = '' } = await store.turns.take(group, 10_000);
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      const { holds } = await store.ledgers.read(group);
      await store.ledgers.noteHolder(group, turn, 'http://b:2');
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      await store.ledgers.noteHolder(group, turn, 'http://b:2');
      await store.ledgers.strikeCopy(group, 'http://a:1', holds['http://a:1'] as string);
      expect([...(await store.ledgers.read(group)).copies].sort()).toEqual(['http://a:1', 'http://b:2']);
    });

    it('notes gateways that may have a copy which nobody has noted, and leaves those that are noted', async () => {
      const { turn = '' } = await store.turns.take(group, 10_000);
      expect(await store.ledgers.noteCopies(group, turn, ['http://a:1', 'http://b:2'])).toBe(true);
      expect(await store.ledgers.read(group)).toMatchObject({ holder: undefined, heldForMs: undefined });
      const { holds } = await store.ledgers.read(group);
      expect(Object.keys(holds).sort()).toEqual(['http://a:1', 'http://b:2']);
      expect(new Set(Object.values(holds)).size).toBe(2);
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      const held = (await store.ledgers.read(group)).holds;
      expect(held['http://b:2']).toBe(holds['http://b:2']);
      expect(held['http://a:1']).not.toBe(holds['http://a:1']);
      expect(await store.ledgers.noteCopies(group, turn, ['http://a:1', 'http://b:2', 'http://c:3'])).toBe(true);
      expect((await store.ledgers.read(group)).holds).toEqual({ ...held, 'http://c:3': expect.any(String) as string });
      expect(await store.ledgers.noteCopies(group, 'late', ['http://d:4'])).toBe(false);
      expect((await store.ledgers.read(group)).copies).not.toContain('http://d:4');
    });

    it('notes since when nobody answers at the address of a copy, until somebody does', async () => {
      const { turn = '', now } = await store.turns.take(group, 10_000);
      expect(await store.ledgers.noteUnreachable(group, 'http://a:1', true)).toBe(0);
      expect((await store.ledgers.read(group)).unreachableSince).toEqual({});
      await store.ledgers.noteCopies(group, turn, ['http://a:1', 'http://b:2']);
      await store.ledgers.noteUnreachable(group, 'http://a:1', true);
      const { unreachableSince } = await store.ledgers.read(group);
      expect(unreachableSince).toEqual({ 'http://a:1': expect.any(Number) as number });
      expect(unreachableSince['http://a:1']).toBeGreaterThanOrEqual(now);
      await waitFor(async () => (await store.ledgers.noteUnreachable(group, 'http://a:1', true)) > 0, {
        message: 'time to pass',
      });
      expect((await store.ledgers.read(group)).unreachableSince).toEqual(unreachableSince);
      expect(await store.ledgers.noteUnreachable(group, 'http://a:1', false)).toBe(0);
      expect((await store.ledgers.read(group)).unreachableSince).toEqual({});
      await store.ledgers.noteUnreachable(group, 'http://b:2', true);
      await store.ledgers.noteHolder(group, turn, 'http://b:2');
      expect((await store.ledgers.read(group)).unreachableSince).toEqual({});
    });

    it('tells of a copy that was forgotten, until that gateway may have one again', async () => {
      const { turn = '', now } = await store.turns.take(group, 10_000);
      await store.ledgers.noteCopies(group, turn, ['http://a:1', 'http://b:2']);
      const { holds } = await store.ledgers.read(group);
      await store.ledgers.noteUnreachable(group, 'http://a:1', true);
      await store.ledgers.forgetCopy(group, 'http://a:1', 'another');
      expect((await store.ledgers.read(group)).forgottenAt).toEqual({});
      for (const [gateway, hold] of Object.entries(holds)) await store.ledgers.forgetCopy(group, gateway, hold);
      const ledger = await store.ledgers.read(group);
      expect(ledger).toMatchObject({ copies: [], unreachableSince: {} });
      expect(Object.keys(ledger.forgottenAt).sort()).toEqual(['http://a:1', 'http://b:2']);
      for (const at of Object.values(ledger.forgottenAt)) expect(at).toBeGreaterThanOrEqual(now);
      await store.ledgers.noteCopies(group, turn, ['http://a:1']);
      await store.ledgers.noteHolder(group, turn, 'http://b:2');
      expect((await store.ledgers.read(group)).forgottenAt).toEqual({});
    });

    it('tells when the latest successful push was, by its own clock', async () => {
      const { turn = '', now } = await store.turns.take(group, 10_000);
      await store.turns.end(group, turn);
      expect((await store.ledgers.read(group)).pushedAt).toBeUndefined();
      await store.turns.end(group, turn, now);
      const ledger = await store.ledgers.read(group);
      expect(ledger.pushedAt).toBe(now);
      expect(ledger.now).toBeGreaterThanOrEqual(now);
    });

    it('notes since when a holder is silent, until it is heard or another one holds', async () => {
      const { turn = '', now } = await store.turns.take(group, 10_000);
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      expect(await store.ledgers.noteSilence(group, turn, 4_000)).toBeGreaterThanOrEqual(4_000);
      const { silentSince = 0 } = await store.ledgers.read(group);
      expect(silentSince).toBeGreaterThanOrEqual(now - 4_000);
      expect(await store.ledgers.noteSilence(group, turn, 0)).toBeGreaterThanOrEqual(4_000);
      expect((await store.ledgers.read(group)).silentSince).toBe(silentSince);
      expect(await store.ledgers.noteSilence(group, turn, undefined)).toBe(0);
      expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
      await store.ledgers.noteSilence(group, turn, 0);
      await store.ledgers.noteHolder(group, turn, 'http://b:2');
      expect((await store.ledgers.read(group)).silentSince).toBeUndefined();
    });

    it('lets nobody change the ledger whose turn it is not', async () => {
      const { turn = '' } = await store.turns.take(group, 10_000);
      await store.ledgers.noteHolder(group, turn, 'http://a:1');
      expect(await store.ledgers.noteHolder(group, 'late', 'http://b:2')).toBe(false);
      expect(await store.ledgers.noteSilence(group, 'late', 0)).toBeUndefined();
      const before = { holder: 'http://a:1', copies: ['http://a:1'], silentSince: undefined };
      expect(await store.ledgers.read(group)).toMatchObject(before);
      await store.series.apply(group, batch({ writer: 'w', clear: 'all' }));
      expect(await store.ledgers.read(group)).toMatchObject(before);
    });

    it('tells of itself what it may, without a secret, and changes nothing', async () => {
      const before = await store.series.definitions(group);
      const facts = await store.diagnose();
      expect(facts.length).toBeGreaterThan(0);
      for (const { address, isShared, refusesWrites, snapshots, journal, clockAheadMs } of facts) {
        // Of a cluster each server tells for itself.
        expect([store.address, expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+$/)]).toContainEqual(address);
        expect(isShared).toBe(address !== 'memory');
        expect([refusesWrites, snapshots, journal]).toEqual([false, false, false]);
        expect(Math.abs(clockAheadMs ?? Infinity)).toBeLessThan(1_000);
      }
      expect(await store.series.definitions(group)).toEqual(before);
    });

    it('lets one process collect a metric for all of a group, until the time is up', async () => {
      const metrics = ['depth', 'my.depth'];
      expect(await store.turns.collects(group, metrics, 60_000)).toEqual(metrics);
      expect(await store.turns.collects(group, [...metrics, 'age'], 1)).toEqual(['age']);
      expect(await store.turns.collects({ ...group, instance: 'other' }, ['depth'], 60_000)).toEqual(['depth']);
      await waitFor(async () => (await store.turns.collects(group, ['age'], 60_000)).length === 1);
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

function batch(part: Partial<Batch>): Batch {
  return { writer: 'writer', sequence: 1, clear: [], definitions: [], families: [], ...part };
}

const numbered = (writer: string, sequence: number) => ({ outcome: 'numbered', writer, sequence, isCopy: false });

/** The updates take the place of what the family holds. */
function replacement(writer: string, updates: FamilyUpdates): Batch {
  return batch({ writer, families: [{ ...updates, mode: 'begin' }], show: [updates] });
}

function family(definition: ResolvedDefinition, ...updates: Update[]): FamilyUpdates {
  return { family: definition.name, shape: definitionShape(definition), updates };
}

const add = (labels: string, value: number): Update => ({ op: 'add', labels, value });
const set = (labels: string, value: number): Update => ({ op: 'set', labels, value });
const observe = (labels: string, counts: number[], sum: number): Update => ({ op: 'observe', labels, counts, sum });
const bin = (slice: number, at: number, count: number) => ({ slice, bin: at, count });
const sketch = (
  labels: string,
  sum: number,
  count: number,
  bins: ReturnType<typeof bin>[],
  oldestSlice: number,
): Update => ({
  op: 'sketch',
  labels,
  sum,
  count,
  bins,
  oldestSlice,
});
