import { type FamilySnapshot, type Group, type ResolvedDefinition, type Series, zeroValue } from '../model/index.js';
import type { ReadOptions, SeriesStore } from '../store/index.js';

/** What a reading shows other than it is stored. */
export interface View extends ReadOptions {
  /** Families to leave out. Default: none. */
  readonly heldBack?: readonly string[];
  /** Whether to give a series as 0, whatever it has counted. Default: none. */
  readonly isNew?: (definition: ResolvedDefinition, labels: string) => boolean;
}

/**
 * All families of a group, one after the other, as the store holds them now; their series arrive in chunks. What is replaced or
 * cleared meanwhile is read to its end as it was.
 */
export async function* readGroup(store: SeriesStore, group: Group, view: View = {}): AsyncGenerator<FamilySnapshot> {
  const { isNew, heldBack = [] } = view;
  for (const { definition, generation } of await store.families(group)) {
    const options: ReadOptions = { ...view, generation };
    if (heldBack.includes(definition.name)) continue;
    yield {
      definition,
      // A text cannot be looked into.
      chunks: isNew
        ? newAtZero(store.read(group, definition, options), definition, isNew)
        : store.readText(group, definition, options),
    };
  }
}

async function* newAtZero(
  chunks: AsyncIterable<readonly Series[]>,
  definition: ResolvedDefinition,
  isNew: Required<View>['isNew'],
): AsyncGenerator<readonly Series[]> {
  for await (const chunk of chunks) {
    yield chunk.map((series) =>
      isNew(definition, series.labels) ? { ...series, value: zeroValue(definition) } : series,
    );
  }
}
