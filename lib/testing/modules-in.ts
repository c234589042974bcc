import type { INestApplicationContext } from '@nestjs/common';
import { namesUsed, RESOLVED_OPTIONS, tokenIn } from '../options/index.js';

type Token<T> = symbol | (abstract new (...args: never[]) => T);

/** Finds what one module provides. */
export type Find = <T>(token: Token<T>) => T;

/**
 * All PrometheusPushgatewayModule of an application, that without a name first.
 * @throws what Nest says if there is none
 */
export function modulesIn(app: Pick<INestApplicationContext, 'get'>): Find[] {
  const finders = namesUsed().map(
    (name): Find =>
      (token) =>
        app.get(tokenIn(name, token) as symbol, { strict: false }),
  );
  const there = finders.filter((find) => {
    try {
      find(RESOLVED_OPTIONS);
      return true;
    } catch {
      return false;
    }
  });
  return there.length > 0 ? there : finders.slice(0, 1);
}
