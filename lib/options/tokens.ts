/** Injection token of the checked options, every default filled in: {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol('PrometheusPushgatewayResolvedOptions');

/** How commands call the module that has no name. */
export const UNNAMED = 'default';

type Token<T> = symbol | string | (abstract new (...args: never[]) => T);

const tokens = new Map<string, Map<unknown, symbol>>();

/**
 * The token under which a module of this name has what the one without a name has under `token`. Nobody who asks for one of them by its
 * class gets that of the other, wherever both are imported.
 */
export function tokenIn<T>(name: string | undefined, token: Token<T>): Token<T> {
  if (name === undefined) return token;
  const named = tokens.get(name) ?? new Map<unknown, symbol>();
  tokens.set(name, named);
  const known = named.get(token);
  if (known !== undefined) return known;
  const made = Symbol(`${typeof token === 'function' ? token.name : String(token)} of "${name}"`);
  named.set(token, made);
  return made;
}

/** Every name that was used in this process, of whatever application; undefined is that of the module without one. */
export function namesUsed(): readonly (string | undefined)[] {
  return [undefined, ...tokens.keys()];
}
