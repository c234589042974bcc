/**
 * The values in an order of no meaning, the same each time.
 * @param seed Another order for each; a whole number from 1 on.
 */
export function shuffled<T>(values: readonly T[], seed = 1): T[] {
  const result = [...values];
  let random = seed;
  for (let last = result.length - 1; last > 0; last -= 1) {
    random = (random * 48_271) % 0x7fffffff;
    const other = random % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
