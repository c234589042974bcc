/**
 * An argument that no command expects was meant as something else. To ignore it could do more than was asked for.
 * @param given All that stands beside the flags.
 * @param most How many the command takes.
 * @param jobs Those that are configured, if the command can be told which.
 * @throws Error that says what was probably meant
 */
export function refuseArguments(given: readonly string[], most: 0 | 1 = 0, jobs: readonly string[] = []): void {
  const extra = given.slice(most);
  if (extra.length === 0) return;
  const named = extra.filter((name) => jobs.includes(name)).map((name) => `--job ${name}`);
  const meant = named.length > 0 ? `: for one job type ${named.join(' ')}` : '';
  const expected = most === 0 ? 'flags only' : 'one argument and flags';
  throw new Error(
    `expected ${expected}, got ${extra.map((text) => JSON.stringify(text)).join(', ')}${most === 0 ? '' : ' too'}${meant}`,
  );
}
