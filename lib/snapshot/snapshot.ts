import { type FamilyChunk, type Group, type ResolvedDefinition, zeroValue } from '../model/index.js';
import type { ReadOptions, SeriesStore, StoredFamily } from '../store/index.js';

/** How a reading differs from what is stored. */
export interface View extends Omit<ReadOptions, 'generation'> {
  /** Families to leave out. Default: none. */
  readonly heldBack?: readonly string[];
  /** Whether to give a series as 0, whatever it has counted. Default: none. */
  readonly isNew?: (definition: ResolvedDefinition, labels: string) => boolean;
}

/**
 * The families of a group, one after the other, as the store holds them now, some at a time. What is replaced or cleared
 * meanwhile is read to its end as it was.
 * @param families Those to read, if they are known already. Default: all that the group has.
 */
export async function* readGroup(
  store: SeriesStore,
  group: Group,
  { isNew, heldBack = [], ...options }: View = {},
  families?: readonly StoredFamily[],
): AsyncGenerator<readonly FamilyChunk[]> {
  const all = families ?? (await store.families(group));
  const shown = all.filter(({ definition }) => !heldBack.includes(definition.name));
  yield* isNew ? newAtZero(store, group, shown, isNew, options) : store.readText(group, shown, options);
}

/** Asks for series, not for text: in a text no single series can be set to 0. */
async function* newAtZero(
  store: SeriesStore,
  group: Group,
  families: readonly StoredFamily[],
  isNew: Required<View>['isNew'],
  options: ReadOptions,
): AsyncGenerator<readonly FamilyChunk[]> {
  for (const { definition, generation } of families) {
    for await (const series of store.read(group, definition, { ...options, generation })) {
      const chunk = series.map((one) => {
        if (!isNew(definition, one.labels)) return one;
        const { exemplars: _, ...shown } = one;
        return { ...shown, value: zeroValue(definition) };
      });
      yield [{ definition, chunk }];
    }
  }
}
