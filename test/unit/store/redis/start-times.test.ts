import { resolveDefinition } from '../../../../lib/model/index.js';
import { fieldHash, StartsOfShelves } from '../../../../lib/store/redis/parts/start-times.js';

const counter = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
const LAYOUT = '7:4:seed';
const labelsOf = (at: number): Buffer => Buffer.from(`type="${at}"`);

/** What Redis notes: 4 bytes of the field, hashed, and 5 of hundredths of a second. */
function packed(from: number, to: number, startOf: (at: number) => number): Buffer {
  const entries = Array.from({ length: to - from }, (_, at) => {
    const labels = labelsOf(from + at);
    const entry = Buffer.alloc(9);
    entry.writeUInt32LE(fieldHash(labels, 0, labels.length));
    entry.writeUIntLE(startOf(from + at) / 10, 4, 5);
    return entry;
  });
  return Buffer.concat(entries);
}

function startsOf(parts: readonly Buffer[], series: number): number[] {
  const { startOf } = new StartsOfShelves().startOf(counter, LAYOUT, parts, series) ?? {};
  return Array.from({ length: series }, (_, at) => startOf?.(labelsOf(at), 0, labelsOf(at).length) ?? -1);
}

const THEN = 1_790_000_000_120;

it.each<[string, (at: number) => number]>([
  ['all at the same time', () => THEN],
  ['one later', (at) => (at === 5 ? THEN + 10 : THEN)],
  ['the last one much earlier', (at) => (at === 9 ? THEN - 2 ** 33 * 10 : THEN)],
  ['one at an unknown time', (at) => (at === 3 ? 0 : THEN)],
])('tells when series began: %s', (_, start) => {
  const parts = [packed(0, 4, start), Buffer.alloc(0), packed(4, 10, start)];
  expect(startsOf(parts, 10)).toEqual(Array.from({ length: 10 }, (__, at) => start(at)));
});

it('knows no start of a series that has none noted, whenever the others began', () => {
  expect(startsOf([packed(0, 9, () => THEN)], 10)).toEqual([...Array.from({ length: 9 }, () => THEN), 0]);
});

it('reads what many small families share once, not once for each family', () => {
  const families = Array.from({ length: 200 }, (_, at) =>
    resolveDefinition({ name: `orders_${at}_total`, help: 'Orders', type: 'counter' }),
  );
  const shelf = Buffer.concat(
    families.map(({ name }, at) => {
      const entry = Buffer.alloc(9);
      const field = Buffer.from(`${name}:7{`);
      entry.writeUInt32LE(fieldHash(field, 0, field.length));
      entry.writeUIntLE(THEN / 10 + at, 4, 5);
      return entry;
    }),
  );
  const reads = jest.spyOn(DataView.prototype, 'getUint32');

  const shelves = new StartsOfShelves();
  const starts = families.map((family, at) => {
    const { startOf } = shelves.startOf(family, '7:0:3', at === 0 ? [shelf] : [], 1) ?? {};
    return startOf?.(Buffer.alloc(0), 0, 0);
  });

  expect(starts).toEqual(families.map((_, at) => THEN + 10 * at));
  expect(reads.mock.calls.length).toBeLessThanOrEqual(3 * families.length);
  reads.mockRestore();
});
