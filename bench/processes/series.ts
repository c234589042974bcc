/** Families of counters with three labels, the same for every contestant. */
export const LABEL_NAMES = ['method', 'route', 'status'] as const;
export const FAMILIES = 10;
export type Labels = Record<(typeof LABEL_NAMES)[number], string>;

export function familyName(at: number): string {
  return `requests_${at}_total`;
}

export function* labelSets(count: number): Generator<Labels> {
  for (let at = 0; at < count; at += 1) {
    yield { method: at % 2 === 0 ? 'GET' : 'POST', route: `/articles/${at >> 1}`, status: '200' };
  }
}

/** What a counter has after a while. */
export function valueOf(at: number): number {
  return 1 + ((at * 7919) % 100_000);
}
