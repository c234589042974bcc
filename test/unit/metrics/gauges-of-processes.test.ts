import type { Group } from '../../../lib/model/index.js';
import { GroupStates } from '../../../lib/store/memory/group-states.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { type Process, startProcess, stopProcesses, valuesOf } from './support.js';

const GROUP: Group = { job: 'shop', instance: 'host', labels: {} };
const define = ({ metrics }: Process, aggregation: 'sum' | 'min' | 'max' | 'avg' = 'sum') =>
  metrics.gauge({ name: 'open', help: 'Open connections', labelNames: ['pool'], aggregation });
const defineBare = ({ metrics }: Process) => metrics.gauge({ name: 'open', help: 'Open', aggregation: 'sum' });

let states: GroupStates;
let store: MemoryStore;
let one: Process;
let other: Process;

beforeEach(() => {
  states = new GroupStates();
  store = new MemoryStore({}, states);
  one = startProcess({ store });
  other = startProcess({ store });
});
afterEach(() => stopProcesses());

const flush = async (): Promise<void> => {
  await one.metrics.flush();
  await other.metrics.flush();
};

it('each process sets and steps its own value, however often it is stored between', async () => {
  const [first, second] = [define(one), define(other)];
  first.set({ pool: 'a' }, 5);
  second.inc({ pool: 'a' });
  await flush();
  first.dec({ pool: 'a' }, 2);
  second.inc({ pool: 'a' }, 0.5);
  second.labels('b').set(7);
  await flush();
  const all = { 'open{pool="a"}': 4.5, 'open{pool="b"}': 7 };
  expect(await valuesOf(first)).toEqual(all);
  expect(await valuesOf(second)).toEqual(all);
  expect(await one.metrics.text()).toContain('# TYPE open gauge\nopen{pool="a"} 4.5\nopen{pool="b"} 7\n');
});

it('a process counts from its first value', async () => {
  const [first, second] = [define(one, 'avg'), define(other, 'avg')];
  first.set({ pool: 'a' }, 10);
  second.labels('a');
  await flush();
  expect(await valuesOf(first)).toEqual({ 'open{pool="a"}': 10 });
  second.zero({ pool: 'a' });
  await flush();
  expect(await valuesOf(first)).toEqual({ 'open{pool="a"}': 5 });
});

it('one without labels has no value before the first', async () => {
  const [first, second] = [defineBare(one), defineBare(other)];
  await flush();
  expect(await valuesOf(first)).toEqual({});
  second.set(3);
  await flush();
  expect(await valuesOf(first)).toEqual({ open: 3 });
});

it('a process that leaves takes its values along, and what it still counts does not come back', async () => {
  const [first, second] = [define(one), define(other)];
  first.set({ pool: 'a' }, 5);
  second.set({ pool: 'a' }, 1);
  await flush();
  await one.buffers.leave();
  first.inc({ pool: 'a' });
  await flush();
  expect(await valuesOf(second)).toEqual({ 'open{pool="a"}': 1 });
});

it('a store that was emptied, or has gone back, gets all values again', async () => {
  const first = define(one);
  for (const pool of ['a', 'b']) first.set({ pool }, 5);
  await flush();
  states.delete(GROUP);
  first.set({ pool: 'a' }, 6);
  const begun = Math.ceil(performance.now());
  const now = jest.spyOn(performance, 'now').mockReturnValue(begun + 5_000);
  await flush();
  expect(await valuesOf(first)).toEqual({ 'open{pool="a"}': 6, 'open{pool="b"}': 5 });

  // As an older copy of itself, in which the process is known by an older sign.
  const state = await states.of(GROUP);
  state.processes.forEach((sign, process) => state.processes.set(process, sign - 1_000));
  state.families.get('open')?.delete('pool="b"');
  now.mockReturnValue(begun + 10_000);
  await flush();
  expect(await valuesOf(first)).toEqual({ 'open{pool="a"}': 6, 'open{pool="b"}': 5 });
  now.mockRestore();
});

it('remove and reset forget the values of this process, clear those of all, which come back whole with their next change', async () => {
  const [first, second] = [define(one), define(other)];
  const kept = first.labels('a');
  const acts: [act: () => void, left: object, then: number][] = [
    [
      (): void => {
        first.remove('a');
      },
      { 'open{pool="a"}': 10 },
      12,
    ],
    [
      (): void => {
        first.reset();
      },
      { 'open{pool="a"}': 10 },
      12,
    ],
    [() => void one.metrics.clear(), {}, 17],
  ];
  for (const [act, left, then] of acts) {
    kept.set(5);
    second.set({ pool: 'a' }, 10);
    await flush();
    act();
    await flush();
    expect(await valuesOf(second)).toEqual(left);
    kept.inc();
    second.inc({ pool: 'a' });
    await flush();
    expect(await valuesOf(second)).toEqual({ 'open{pool="a"}': then });
  }
});

it('counts for each of its jobs', async () => {
  const gauge = one.metrics.gauge({ name: 'open', help: 'Open', aggregation: 'max', jobs: ['shop', 'stock'] });
  gauge.set(3);
  gauge.dec();
  for (const job of ['shop', 'stock']) expect(await one.metrics.text(job)).toContain('\nopen 2\n');
});

it('refuses an aggregation that there is not, and one of another type', () => {
  expect(() => one.metrics.gauge({ name: 'a', help: 'A', aggregation: 'median' as 'sum' })).toThrow(
    'Invalid aggregation of metric "a": expected "last", "sum", "min", "max" or "avg", got "median"',
  );
  expect(() => one.metrics.counter({ name: 'a', help: 'A', aggregation: 'sum' })).toThrow(
    'Invalid aggregation of metric "a": expected no aggregation for a counter, which adds up, got "sum"',
  );
});

it("with 'last' it is the gauge that it always was", async () => {
  const [first, second] = [one, other].map(({ metrics }) =>
    metrics.gauge({ name: 'shared', help: 'Shared', aggregation: 'last' }),
  );
  first?.set(5);
  await flush();
  second?.inc();
  await flush();
  expect(await one.metrics.text()).toContain('\nshared 6\n');
});
