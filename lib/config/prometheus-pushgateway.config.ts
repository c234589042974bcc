import { registerAs } from '@nestjs/config';
import { optionsFromEnvironment } from '../options/index.js';

/**
 * Namespace of `@nestjs/config` that reads every option from the environment; docs/configuration.md lists the variables.
 *
 * @example
 * ```ts
 * PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider())
 * ```
 */
export const prometheusPushgatewayConfig = registerAs('prometheusPushgateway', () =>
  optionsFromEnvironment(process.env),
);
