import type { ModuleRef } from '@nestjs/core';
import { namesUsed, RESOLVED_OPTIONS, tokenIn, UNNAMED } from '../options/index.js';

/** The names of all PrometheusPushgatewayModule of an application; undefined is that of the one without a name. */
export function modulesIn(moduleRef: ModuleRef): (string | undefined)[] {
  return namesUsed().filter((name) => {
    try {
      moduleRef.get(tokenIn(name, RESOLVED_OPTIONS), { strict: false });
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The module that a command is for. Where there are several nobody guesses: a `push` that leaves one out would look as if all were done.
 * @param wanted What `--name` says.
 * @throws Error that names all there are
 */
export function whichModule(moduleRef: ModuleRef, wanted: string | undefined): string | undefined {
  const names = modulesIn(moduleRef);
  if (names.length === 0) {
    throw new Error(
      'needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...): import it in the application',
    );
  }
  const flags = names.map((name) => `--name ${name ?? UNNAMED}`).join(', ');
  if (wanted === undefined) {
    if (names.length === 1) return names[0];
    throw new Error(`this application has ${names.length} modules: say which one is meant by one of ${flags}`);
  }
  const name = wanted === UNNAMED ? undefined : wanted;
  if (names.includes(name)) return name;
  throw new Error(`--name: this application has no module "${wanted}"; expected ${flags}`);
}
