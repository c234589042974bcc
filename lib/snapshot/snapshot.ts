import type { FamilySnapshot, Group } from '../model/index.js';
import type { Store } from '../store/index.js';

/** All families of a group, one after the other, as the store holds them now; their series arrive in chunks. */
export async function* readGroup(store: Store, group: Group): AsyncGenerator<FamilySnapshot> {
  for (const definition of await store.definitions(group)) {
    yield { definition, chunks: store.readText(group, definition) };
  }
}
