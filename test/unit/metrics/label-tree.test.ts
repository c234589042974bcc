import { LabelTree } from '../../../lib/metrics/label-tree.js';

class Child {
  constructor(readonly values: readonly string[]) {}
}

function treeOf(names: readonly string[]): LabelTree<Child> {
  const source = { create: (values: readonly string[]) => new Child(values), overflow: () => new Child(['overflow']) };
  return new LabelTree('orders_total', names, source, { isPast: () => false });
}

const OriginalMap = Map;

/** From now on, gives how many entries all maps have that are made. */
function countEntries(): () => number {
  const made: Map<unknown, unknown>[] = [];
  globalThis.Map = class<K, V> extends OriginalMap<K, V> {
    constructor(entries?: Iterable<readonly [K, V]>) {
      super(entries);
      made.push(this);
    }
  } as MapConstructor;
  return () => made.reduce((sum, { size }) => sum + size, 0);
}

afterEach(() => {
  globalThis.Map = OriginalMap;
  jest.restoreAllMocks();
});

describe('a tree of which series are removed', () => {
  it('keeps no map of those that are gone', () => {
    const entries = countEntries();
    const tree = treeOf(['a', 'b', 'c']);
    const kept = tree.find({ a: 'kept', b: 1, c: 2 });
    const before = entries();
    for (let at = 0; at < 1_000; at++) tree.find({ a: `a${at}`, b: at, c: 'x' });
    expect(entries() - before).toBe(4_000);
    for (let at = 0; at < 1_000; at++) tree.remove({ a: `a${at}`, b: at, c: 'x' });
    // What remains are notes of removed children that have not been collected yet: one each, and gone with them.
    expect(entries() - before).toBeLessThanOrEqual(1_000);
    expect(tree.find({ a: 'kept', b: '1', c: '2' })).toBe(kept);
  });

  it('keeps the maps that others still need', () => {
    const tree = treeOf(['a', 'b']);
    const first = tree.find({ a: 1, b: 1 });
    const second = tree.find({ a: 1, b: '' });
    tree.remove({ a: '1', b: '' });
    expect(tree.find({ a: 1, b: 1 })).toBe(first);
    expect(tree.find({ a: '1', b: '1' })).toBe(first);
    // Whoever keeps a child that was removed shares it with those who look for it.
    expect(tree.find({ a: 1, b: '' })).toBe(second);
    tree.remove({ a: 1, b: 1 });
    tree.remove({ a: 1, b: '' });
    expect(tree.find({ a: 1, b: 1 })).toBe(first);
  });

  it('finds a number by itself also when a text that counts as the same number was removed', () => {
    const tree = treeOf(['a']);
    const zero = tree.find({ a: 0 });
    tree.find({ a: '' });
    tree.remove({ a: '' });
    const get = jest.spyOn(Map.prototype, 'get');
    expect(tree.find({ a: 0 })).toBe(zero);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('removes a series by its text, whichever ways lead to it', () => {
    const entries = countEntries();
    const tree = treeOf(['a']);
    tree.find({ a: '200' });
    tree.find({ a: 200 });
    expect(tree.remove({ a: '200' })?.values).toEqual(['200']);
    // The note of a removed child that has not been collected yet.
    expect(entries()).toBe(1);
  });

  it('notes a series once that comes and goes, kept by somebody', () => {
    const register = jest.spyOn(FinalizationRegistry.prototype, 'register');
    const tree = treeOf(['a']);
    const kept = tree.find({ a: 'x' });
    for (let times = 0; times < 100; times++) {
      expect(tree.remove({ a: 'x' })).toBe(kept);
      expect(tree.find({ a: 'x' })).toBe(kept);
    }
    expect(register).toHaveBeenCalledTimes(1);
  });
});

describe('a tree in which series are looked for', () => {
  it('finds them in whatever order the labels are given', () => {
    const tree = treeOf(['a', 'b', 'c']);
    const child = tree.find({ c: 'z', a: 'x', b: 'y' });
    expect(child.values).toEqual(['x', 'y', 'z']);
    expect(tree.find({ a: 'x', b: 'y', c: 'z' })).toBe(child);
    expect(tree.find({ b: 'y', c: 'z', a: 'x' })).toBe(child);
    expect(tree.find({ a: 'x', c: 'z', b: 'y' })).toBe(child);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{}, /Missing label "a"/],
    [{ a: 'x' }, /Missing label "b"/],
    [{ b: 'y' }, /Missing label "a"/],
    [{ a: 'x', b: 'y', c: 'z' }, /Unknown label "c"/],
    [{ b: 'y', a: 'x', c: 'z' }, /Unknown label "c"/],
    [{ a: 'x', c: 'y' }, /Unknown label "c"/],
    [{ c: 'x', b: 'y' }, /Unknown label "c"/],
    [
      { a: 'x', exemplarLabels: 'y' },
      /"exemplarLabels".*expected a, b; give labels, value and \{ exemplar \} as arguments/,
    ],
  ])('refuses %p, whatever series there are', (labels, message) => {
    const tree = treeOf(['a', 'b']);
    tree.find({ a: 'x', b: 'y' });
    expect(() => tree.find(labels)).toThrow(message);
  });

  it('keeps a way by number only to those that are given as one', () => {
    const entries = countEntries();
    const tree = treeOf(['a', 'b']);
    const child = tree.find({ a: '1', b: '2' });
    expect(entries()).toBe(2);
    expect(tree.find({ a: '1', b: 2 })).toBe(child);
    expect(entries()).toBe(3);
    expect(tree.find({ b: 2, a: 1 })).toBe(child);
    expect(entries()).toBe(4);
    const get = jest.spyOn(Map.prototype, 'get');
    expect(tree.find({ a: 1, b: 2 })).toBe(child);
    expect(get).toHaveBeenCalledTimes(2);
  });
});
