import { foreignField } from '../model/index.js';
import { closest, meantOption } from './closest.js';
import { foreignOption } from './foreign-options.js';
import { optionsSchema } from './schema.js';

/** What there is to know of a schema: an option that may be left out, a list, or an object. */
interface Shape {
  readonly wrapped?: Shape;
  readonly item?: Shape;
  readonly entries?: Readonly<Record<string, Shape>>;
}

/** Nest needs these before any factory runs. */
const BESIDE_THE_FACTORY = ['name', 'isGlobal'];

/** Every option that nobody knows, wherever it stands, with what was probably meant. */
export function unknownOptions(options: unknown): string[] {
  return unknownIn(optionsSchema as Shape, options, []);
}

function unknownIn({ wrapped, item, entries }: Shape, options: unknown, path: readonly string[]): string[] {
  if (wrapped !== undefined) return unknownIn(wrapped, options, path);
  if (item !== undefined && Array.isArray(options)) {
    return options.flatMap((option, at) => unknownIn(item, option, [...path, String(at)]));
  }
  if (entries === undefined || typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([name, value]) => {
    const known = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (known !== undefined) return unknownIn(known, value, [...path, name]);
    return [`${[...path, name].join('.')}: unknown option; ${advice(path, name, Object.keys(entries))}`];
  });
}

function advice(path: readonly string[], name: string, known: readonly string[]): string {
  if (path.length === 0 && BESIDE_THE_FACTORY.includes(name))
    return 'stands beside useFactory, useClass or useExisting';
  const foreign = path[0] === 'metrics' ? foreignField(name) : foreignOption(path, name);
  if (foreign !== undefined) return foreign;
  const meant = meantOption(name, known) ?? (path.length === 0 ? meantElsewhere(name) : undefined);
  return meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`;
}

/** What was given beside `prometheus` and `pushgateway`, and belongs into one of them. */
function meantElsewhere(name: string): string | undefined {
  const places = ['prometheus', 'pushgateway'].flatMap((section) => {
    const option = closest(name, Object.keys(entriesOf(schemaAt([section]))));
    return option === undefined ? [] : [`${section}.${option}`];
  });
  return places.length === 1 ? places[0] : undefined;
}

/** The schema of what stands at a path of options. */
export function schemaAt(path: readonly string[]): Shape {
  let schema: Shape = optionsSchema as Shape;
  for (const step of path) schema = unwrap(/^\d+$/.test(step) ? schema : (entriesOf(schema)[step] as Shape));
  return schema;
}

/** The options of an object, by name; none of what is no object. */
export function entriesOf({ entries = {} }: Shape): Readonly<Record<string, Shape>> {
  return entries;
}

function unwrap(schema: Shape): Shape {
  const inner = schema.wrapped ?? schema.item;
  return inner === undefined ? schema : unwrap(inner);
}
