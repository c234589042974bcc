/** The returned function tells the seconds since this call, by the monotonic clock, and returns them. */
export function timer<More extends unknown[]>(
  tell: (seconds: number, ...more: More) => void,
): (...more: More) => number {
  const begun = process.hrtime.bigint();
  return (...more) => {
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    tell(seconds, ...more);
    return seconds;
  };
}
