import { ConfigurationError } from '../errors/index.js';

/** How modules of other libraries are made. TypeScript knows none of these here; code without types is told. */
const FOREIGN_METHODS: Readonly<Record<string, string>> = { register: 'forRoot', registerAsync: 'forRootAsync' };

/** Lets a foreign name of `forRoot` say the right one. Not enumerable, so that it stands in no list of ours. */
export function refuseForeignMethods(module: object): void {
  for (const [foreign, ours] of Object.entries(FOREIGN_METHODS)) {
    const value = (): never => {
      throw new ConfigurationError(`PrometheusPushgatewayModule has no ${foreign}(): here it is ${ours}()`);
    };
    Object.defineProperty(module, foreign, { value });
  }
}
