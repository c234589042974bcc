/** Names and values as Redis lists them, one after the other. */
export function pairs<T>(flat: readonly T[]): [T, T][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] as T, flat[2 * at + 1] as T]);
}
