/** A number as the text format 0.0.4 writes it; JavaScript's shortest decimal brings the same double back. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value);
}
