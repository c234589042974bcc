import * as v from 'valibot';

/** What code has to know of an option. What it is for stands at its key in `module-options.ts`. */
export interface Option<Value = unknown> {
  /** What it may be. Each message says what was expected; `validate.ts` adds where and what came. */
  readonly check: v.GenericSchema;
  readonly isRequired?: true;
  /** What it is where it was not given. */
  readonly default?: Value;
  /** For documentation, where there is no fixed default: what happens if it was not given. */
  readonly otherwise?: string;
  /**
   * What a text of the environment means; an option without has no variable.
   * @throws Error saying what was expected
   */
  readonly fromText?: (text: string) => Value;
}

export type Options = Readonly<Record<string, Option>>;

/** An option for every key of an interface: one that is missing, or that the interface does not know, does not compile. */
export type OptionsOf<Interface> = { readonly [Name in keyof Interface]-?: Option<NonNullable<Interface[Name]>> };

/** An object of these options and no others. */
export function objectOf(options: Options): v.GenericSchema {
  const entries = Object.entries(options).map(([name, { check, isRequired }]) => [
    name,
    isRequired ? check : v.optional(check),
  ]);
  return v.strictObject(Object.fromEntries(entries) as v.ObjectEntries, 'an object');
}

/** Options that have their defaults where they were not given; undefined only where there is none. */
export type WithDefaults<Interface, Schema> = {
  readonly [Name in keyof Interface as Name & keyof Schema]-?: Schema[Name & keyof Schema] extends {
    readonly default: unknown;
  }
    ? NonNullable<Interface[Name]>
    : Interface[Name] | undefined;
};

/** What was given of these options, and the defaults of the others. */
export function withDefaults<Interface extends object, Schema extends Options>(
  schema: Schema,
  given: Interface,
): WithDefaults<Interface, Schema> {
  const values = given as Readonly<Record<string, unknown>>;
  const all = Object.entries(schema).map(([name, option]) => [name, values[name] ?? option.default]);
  return Object.fromEntries(all) as WithDefaults<Interface, Schema>;
}
