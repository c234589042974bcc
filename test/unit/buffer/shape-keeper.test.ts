import { UpdateBuffer } from '../../../lib/buffer/index.js';
import { SHAPE_SILENT_MS, ShapeKeeper } from '../../../lib/buffer/shape-keeper.js';
import { definitionShape, resolveDefinition, type ResolvedDefinition } from '../../../lib/model/index.js';
import { closeBuffers, counter, gauge, openBuffer, ScriptedStore } from './support.js';

const old = resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', buckets: [1, 2] });
const renewed = resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', buckets: [9] });

let store: ScriptedStore;
let warn: jest.Mock;
let log: jest.Mock;

beforeEach(() => {
  store = new ScriptedStore();
  warn = jest.fn();
  log = jest.fn();
});
afterEach(closeBuffers);

/** A process that has defined these and given them to the store. */
async function start(...definitions: ResolvedDefinition[]): Promise<{ keeper: ShapeKeeper; buffer: UpdateBuffer }> {
  const { buffer } = openBuffer(store);
  for (const definition of definitions) buffer.family(definition);
  await buffer.flush();
  return { keeper: new ShapeKeeper([buffer], store.shapes, { warn, log }), buffer };
}

const saidOf = (mock: jest.SpyInstance) =>
  mock.mock.calls.map(([, silentMs, defined]: unknown[]) => {
    expect(silentMs).toBe(SHAPE_SILENT_MS);
    return (defined as { family: string; shape: string }[]).map(({ family, shape }) => `${family} ${shape}`);
  });

it('asks for nothing before the store knows a definition', async () => {
  const { buffer } = openBuffer(store);
  buffer.family(counter);
  const settle = jest.spyOn(store.shapes, 'settle');
  await new ShapeKeeper([buffer], store.shapes, { warn, log }).look(buffer);
  expect(settle).not.toHaveBeenCalled();
});

it('asks nothing of a store that does not answer: questions would pile up in a client', async () => {
  const { keeper, buffer } = await start(counter);
  const settle = jest.spyOn(store.shapes, 'settle');
  store.leave();
  buffer.family(gauge);
  await expect(buffer.flush()).rejects.toThrow();
  await keeper.look(buffer);
  expect(settle).not.toHaveBeenCalled();
  store.comeBack();
  await buffer.flush();
  await keeper.look(buffer);
  expect(settle).toHaveBeenCalledTimes(1);
});

it('says nothing of metrics that have one definition: one question a look', async () => {
  const { keeper, buffer } = await start(counter, gauge);
  const settle = jest.spyOn(store.shapes, 'settle');
  await keeper.look(buffer);
  await keeper.look(buffer);
  expect(saidOf(settle)).toEqual([[], []]);
  expect([...warn.mock.calls, ...log.mock.calls]).toEqual([]);
});

it('says at once what it has of those that have several, and again at every look', async () => {
  const { keeper, buffer } = await start(counter, old);
  await start(renewed);
  const settle = jest.spyOn(store.shapes, 'settle');
  await keeper.look(buffer);
  expect(saidOf(settle)).toEqual([[], [`seconds ${definitionShape(old)}`]]);
  await keeper.look(buffer);
  expect(saidOf(settle)).toHaveLength(3);
  expect(saidOf(settle)[2]).toEqual([`seconds ${definitionShape(old)}`]);
  expect(warn).not.toHaveBeenCalled();
});

it('warns once where values wait, and says when they are shown', async () => {
  await start(old);
  const { keeper, buffer } = await start(renewed);
  await keeper.look(buffer);
  await keeper.look(buffer);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn).toHaveBeenCalledWith(
    expect.stringContaining(
      'Metric "seconds" of job "shop" is a histogram with buckets 9 here, but stored as something else',
    ),
  );
  await store.shapes.settle(buffer.group, 0, []);
  await keeper.look(buffer);
  await keeper.look(buffer);
  expect(log.mock.calls).toEqual([
    ['Metric "seconds" of job "shop" is shown as a histogram with buckets 9 from now on'],
  ]);
});

it('looks again and again, one look at a time, and no more once stopped', async () => {
  jest.useFakeTimers();
  try {
    const { keeper } = await start(counter);
    let answer: (value: []) => void = () => undefined;
    const settle = jest
      .spyOn(store.shapes, 'settle')
      .mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    keeper.start(1_000);
    await jest.advanceTimersByTimeAsync(3_500);
    expect(settle).toHaveBeenCalledTimes(1);
    answer([]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(settle).toHaveBeenCalledTimes(2);
    settle.mockRejectedValue(new Error('away'));
    answer([]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(settle).toHaveBeenCalledTimes(4);
    keeper.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(settle).toHaveBeenCalledTimes(4);
  } finally {
    jest.useRealTimers();
  }
});
