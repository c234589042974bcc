import type { FamilySnapshot, Group } from '../model/index.js';
import type { Store } from '../store/index.js';

/**
 * All families of a group but `heldBack`, one after the other, as the store holds them now; their series arrive in chunks.
 */
export async function* readGroup(
  store: Store,
  group: Group,
  heldBack: readonly string[] = [],
): AsyncGenerator<FamilySnapshot> {
  for (const definition of await store.definitions(group)) {
    if (heldBack.includes(definition.name)) continue;
    yield { definition, chunks: store.read(group, definition) };
  }
}
