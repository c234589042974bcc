const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Makes `console.log`, `util.inspect` and `JSON.stringify` of an object show something else, wherever it is found; its
 * properties are read as ever. A copy made by spreading is not protected.
 */
export function showAs<T extends object>(object: T, shown: () => object): T {
  for (const name of [INSPECT, 'toJSON']) Object.defineProperty(object, name, { value: shown });
  return object;
}

/** The same properties, the values of those named replaced. */
export function withoutSecrets(object: object, secrets: readonly string[]): object {
  const entries = Object.entries(object).map(([name, value]: [string, unknown]) => [
    name,
    secrets.includes(name) ? '(not shown)' : value,
  ]);
  return Object.fromEntries(entries) as object;
}
