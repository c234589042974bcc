/**
 * No command of ours takes arguments: one that stands there was meant as something else. To ignore it could do more than was
 * asked for.
 * @param jobs Those that are configured, if the command can be told which.
 * @throws Error that says what was probably meant
 */
export function refuseArguments(given: readonly string[], jobs: readonly string[] = []): void {
  if (given.length === 0) return;
  const named = given.filter((name) => jobs.includes(name)).map((name) => `--job ${name}`);
  const meant = named.length > 0 ? `: for one job type ${named.join(' ')}` : '';
  throw new Error(`expected flags only, got ${given.map((text) => JSON.stringify(text)).join(', ')}${meant}`);
}
