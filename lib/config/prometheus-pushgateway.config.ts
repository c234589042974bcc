import { registerAs } from '@nestjs/config';
import { PackageLogger } from '../log/package-logger.js';
import { nearMisses, optionsFromEnvironment, VARIABLE_NAMES } from '../options/index.js';

/** Warnings that were logged: the namespace may be read several times. */
const said = new Set<string>();

/**
 * Namespace of `@nestjs/config` that reads every option from the environment; docs/configuration.md lists the variables. Warns
 * once of each variable that is near one of these and not read.
 *
 * @example
 * ```ts
 * PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider())
 * ```
 */
export const prometheusPushgatewayConfig = registerAs('prometheusPushgateway', () => {
  for (const warning of nearMisses(process.env, VARIABLE_NAMES)) {
    if (!said.has(warning)) new PackageLogger().warn(warning);
    said.add(warning);
  }
  return optionsFromEnvironment(process.env);
});
