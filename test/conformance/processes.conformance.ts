import { randomUUID } from 'node:crypto';
import { definitionShape, type Group, resolveDefinition, type ResolvedDefinition } from '../../lib/model/index.js';
import type { Batch, Store, StoredFamily, Update } from '../../lib/store/index.js';

type Aggregation = 'sum' | 'min' | 'max' | 'avg';

const gaugeOf = (aggregation: Aggregation, name = 'pool_size'): ResolvedDefinition =>
  resolveDefinition({ name, help: 'x', type: 'gauge', labelNames: ['a'], aggregation });

/** How a test makes time pass for processes that give no sign of life. */
export interface ProcessTimes {
  /** The last sign of a process, and everybody's first one, were so long ago. */
  silence(group: Group, process: string, ms: number): Promise<void>;
}

/** Gauges of processes, as every store must show them. */
export function describeProcesses(name: string, create: () => { store: Store; times: ProcessTimes }): void {
  describe(`${name}: gauges of processes`, () => {
    const SILENT_MS = 60_000;
    let store: Store;
    let times: ProcessTimes;
    let group: Group;
    let sequence: number;
    beforeEach(() => {
      ({ store, times } = create());
      group = { job: `job ${randomUUID()}`, instance: 'host', labels: {} };
      sequence = 0;
    });
    afterEach(() => store.close());

    const part = (process: string, labels: string, value: number): Update => ({ op: 'part', labels, process, value });

    const apply = async (definition: ResolvedDefinition, updates: readonly Update[], batch: Partial<Batch> = {}) => {
      sequence += 1;
      const shape = definitionShape(definition);
      const families = updates.length > 0 ? [{ family: definition.name, shape, updates }] : [];
      const whole = { writer: 'w', sequence, clear: [], definitions: [definition], families, ...batch };
      expect(await store.series.apply(group, whole)).toMatchObject({ outcome: 'applied' });
    };

    /** As handles read it, and as pushes do: both must agree. */
    const shown = async (definition: ResolvedDefinition): Promise<Record<string, number>> => {
      const read: Record<string, number> = {};
      for await (const chunk of store.series.read(group, definition)) {
        for (const { labels, value } of chunk) read[labels] = value as number;
      }
      expect(await pushed(definition.name, await store.series.families(group))).toEqual(read);
      return read;
    };

    const pushed = async (family: string, families: readonly StoredFamily[]): Promise<Record<string, number>> => {
      const found: Record<string, number> = {};
      for await (const chunks of store.series.readText(group, families)) {
        for (const { definition, chunk } of chunks) {
          if (definition.name !== family) continue;
          if ('lines' in chunk) throw new Error('Values of processes as they are stored');
          for (const { labels, value } of chunk) found[labels] = value as number;
        }
      }
      return found;
    };

    it.each([
      ['sum', 9],
      ['min', 1],
      ['max', 5],
      ['avg', 3],
    ] as const)('show %s of the values of living processes, each once', async (aggregation, value) => {
      const gauge = gaugeOf(aggregation);
      for (const process of ['p1', 'p2', 'p3']) await store.processes.live(group, process);
      await apply(gauge, [part('p1', 'a="b"', 7), part('p2', 'a="b"', 3)]);
      await apply(gauge, [part('p1', 'a="b"', 5), part('p3', 'a="b"', 1), part('p3', 'a="c"', -2.5)]);
      expect(await shown(gauge)).toEqual({ 'a="b"': value, 'a="c"': -2.5 });
    });

    it('take values that are no numbers, and tell names apart of which one begins another', async () => {
      const gauge = gaugeOf('sum');
      for (const process of ['p', 'pp', 'p1']) await store.processes.live(group, process);
      await apply(gauge, [part('pp', '', 20), part('p1', '', 1), part('p', '', 300)]);
      await apply(gauge, [part('p', '', 400), part('p1', 'a="b"', NaN), part('p', 'a="c"', -Infinity)]);
      expect(await shown(gauge)).toEqual({ '': 421, 'a="b"': NaN, 'a="c"': -Infinity });
    });

    it('leave out who has left, at once, and what only that process had', async () => {
      const gauge = gaugeOf('sum');
      await store.processes.live(group, 'p1');
      await store.processes.live(group, 'p2');
      await apply(gauge, [part('p1', 'a="b"', 1), part('p2', 'a="b"', 2), part('p1', 'a="only"', 4)]);
      await store.processes.leave(group, 'p1');
      expect(await shown(gauge)).toEqual({ 'a="b"': 2 });
      // It has forgotten what the process had: who comes back has to send all.
      expect(await store.processes.live(group, 'p1', 1)).toMatchObject({ isKnown: false });
      expect(await shown(gauge)).toEqual({ 'a="b"': 2 });
      await apply(gauge, [part('p1', 'a="b"', 5)]);
      expect(await shown(gauge)).toEqual({ 'a="b"': 7 });
    });

    it('leave out who gives no sign of life any more, and keep who does', async () => {
      const gauge = gaugeOf('sum');
      const { sign } = await store.processes.live(group, 'p1');
      await store.processes.live(group, 'p2');
      await apply(gauge, [part('p1', '', 1), part('p2', '', 2)]);
      await times.silence(group, 'p2', SILENT_MS);
      expect(await shown(gauge)).toEqual({ '': 1 });
      expect(await store.processes.live(group, 'p1', sign)).toMatchObject({ isKnown: true });
      expect(await store.processes.live(group, 'p2', sign)).toMatchObject({ isKnown: false });
    });

    it('are sent again when the store knows the last sign, and not what was confirmed after it', async () => {
      const gauge = gaugeOf('sum');
      const first = await store.processes.live(group, 'p1');
      await apply(gauge, [part('p1', '', 1)]);
      const second = await store.processes.live(group, 'p1', first.sign, { writer: 'w', sequence: 1 });
      expect(second).toMatchObject({ isKnown: true });
      const older = await store.processes.live(group, 'p1', second.sign, { writer: 'w', sequence: 2 });
      expect(older).toMatchObject({ isKnown: false });
    });

    it('keep everybody after a time in which nobody could give a sign, until the next one is due', async () => {
      const gauge = gaugeOf('sum');
      await store.processes.live(group, 'p1');
      await store.processes.live(group, 'p2');
      await apply(gauge, [part('p1', '', 1), part('p2', '', 2)]);
      for (const process of ['p1', 'p2']) await times.silence(group, process, SILENT_MS);
      await store.processes.live(group, 'p1');
      expect(await shown(gauge)).toEqual({ '': 3 });
    });

    it('count no value of a process that has given no sign of life', async () => {
      const gauge = gaugeOf('sum');
      await apply(gauge, [part('p1', '', 1)]);
      expect(await shown(gauge)).toEqual({});
      await store.processes.live(group, 'p1');
      await apply(gauge, [part('p1', '', 1)]);
      expect(await shown(gauge)).toEqual({ '': 1 });
    });

    it('are removed, replaced and cleared for all processes', async () => {
      const gauge = gaugeOf('sum');
      await store.processes.live(group, 'p1');
      await store.processes.live(group, 'p2');
      const fill = () => apply(gauge, [part('p1', 'a="b"', 1), part('p2', 'a="b"', 2), part('p2', 'a="c"', 3)]);
      await fill();
      for (const process of ['p1', 'p2']) await apply(gauge, [{ op: 'part', labels: 'a="b"', process }]);
      expect(await shown(gauge)).toEqual({ 'a="c"': 3 });
      await fill();
      const shape = definitionShape(gauge);
      const families = [{ family: gauge.name, shape, mode: 'begin' as const, updates: [part('p1', 'a="new"', 9)] }];
      await apply(gauge, [], { families, show: [{ family: gauge.name, shape }] });
      expect(await shown(gauge)).toEqual({ 'a="new"': 9 });
      await apply(gauge, [], { clear: [gauge.name] });
      expect(await shown(gauge)).toEqual({});
      await fill();
      await apply(gauge, [], { clear: 'all' });
      expect(await shown(gauge)).toEqual({});
      await fill();
      expect(await shown(gauge)).toEqual({ 'a="b"': 3, 'a="c"': 3 });
    });

    it('lose the value of one process, which leaves those of others', async () => {
      const gauge = gaugeOf('sum');
      for (const process of ['p', 'pp']) await store.processes.live(group, process);
      await apply(gauge, [part('p', 'a="b"', 1), part('pp', 'a="b"', 20), part('p', 'a="only"', 3)]);
      const gone = (labels: string): Update => ({ op: 'part', labels, process: 'p' });
      await apply(gauge, [gone('a="b"'), gone('a="only"'), gone('a="never"')]);
      expect(await shown(gauge)).toEqual({ 'a="b"': 20 });
      await apply(gauge, [part('p', 'a="only"', 4)]);
      expect(await shown(gauge)).toEqual({ 'a="b"': 20, 'a="only"': 4 });
    });

    it('go on when a deploy puts them together in another way, and wait beside a gauge of one value', async () => {
      const [sum, max] = [gaugeOf('sum'), gaugeOf('max')];
      const plain = resolveDefinition({ name: sum.name, help: 'x', type: 'gauge', labelNames: ['a'] });
      await store.processes.live(group, 'p1');
      await store.processes.live(group, 'p2');
      await apply(sum, [part('p1', '', 1), part('p2', '', 2)]);
      await apply(max, []);
      expect(await shown(max)).toEqual({ '': 2 });
      await apply(plain, [{ op: 'set', labels: '', value: 100 }]);
      expect(await pushed(sum.name, await store.series.families(group))).toEqual({ '': 2 });
    });

    it('show many series of many processes', async () => {
      const gauge = gaugeOf('sum');
      const processes = Array.from({ length: 20 }, (_, at) => `process${at}`);
      for (const process of processes) await store.processes.live(group, process);
      for (const [at, process] of processes.entries()) {
        const updates = Array.from({ length: 150 }, (_, series) => part(process, `a="${series}"`, at));
        await apply(gauge, updates);
      }
      const all = Object.fromEntries(Array.from({ length: 150 }, (_, series) => [`a="${series}"`, 190]));
      expect(await shown(gauge)).toEqual(all);
      for (const process of processes.slice(1)) await store.processes.leave(group, process);
      const left = Object.fromEntries(Object.keys(all).map((labels) => [labels, 0]));
      expect(await shown(gauge)).toEqual(left);
      expect(await shown(gauge)).toEqual(left);
    });
  });
}
