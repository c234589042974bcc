import { closestMatch } from 'leven';

/** The name that was probably meant: two typing errors away at the most, one for very short names. */
export function closest(given: string, known: readonly string[]): string | undefined {
  return closestMatch(given, [...known], { maxDistance: given.length > 3 ? 2 : 1 });
}
