import { type ResolvedDefinition, utf8NameOf } from '../model/index.js';
import type { StoredFamily } from '../store/index.js';
import type { Reading } from './sending.js';

/** The same definitions come with every push. Null: all names are classic. */
const known = new WeakMap<ResolvedDefinition, string | null>();

function nameOf(definition: ResolvedDefinition): string | undefined {
  let name = known.get(definition);
  if (name === undefined) known.set(definition, (name = utf8NameOf(definition) ?? null));
  return name ?? undefined;
}

/** The first name of a metric or label that is not of the classic form. */
export function utf8NameIn(families: readonly StoredFamily[]): string | undefined {
  for (const { definition } of families) {
    const name = nameOf(definition);
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * The readings of a body for a gateway that was not asked whether it takes names in UTF-8. A family that came since then ends it:
 * the next push asks.
 */
export async function* classicOnly(readings: AsyncIterable<Reading>): AsyncGenerator<Reading> {
  for await (const reading of readings) {
    for (const { definition } of reading) {
      const name = nameOf(definition);
      if (name !== undefined)
        throw new Error(`A name in UTF-8 came while the push was under way: ${JSON.stringify(name)}`);
    }
    yield reading;
  }
}
