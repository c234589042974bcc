import { ConfigurationError } from '../errors/index.js';
import { GATEWAY_URLS, misspellings, SERVICE_NAME, valueOf } from './environment-names.js';
import type { PrometheusPushgatewayModuleOptions } from './module-options.js';
import { VARIABLES } from './schema.js';

/** The names of all variables. */
export const VARIABLE_NAMES: readonly string[] = VARIABLES.map(({ name }) => name);

/** A variable that is read where ours is not set. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = { PUSHGATEWAY_HOST: GATEWAY_URLS };

type Values = Record<string, unknown>;

/**
 * The module's options from environment variables; an empty variable counts as unset. `PUSHGATEWAY_URL` or
 * `PROMETHEUS_PUSHGATEWAY_URL` is the host where `PUSHGATEWAY_HOST` is not set, `OTEL_SERVICE_NAME` the job without
 * `PROMETHEUS_JOBS`.
 * @throws ConfigurationError naming each variable that is missing, misspelled or cannot be read.
 */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): PrometheusPushgatewayModuleOptions {
  const faults = misspellings(environment, VARIABLE_NAMES);
  const prometheus: Values = {};
  const pushgateway: Values = {};
  const beside: Values = {};
  for (const { name, section, option, fromText } of VARIABLES) {
    const text = valueOf(environment, name, ...(STAND_INS[name] ?? []));
    if (text === undefined) continue;
    const values = section === undefined ? beside : { prometheus, pushgateway }[section];
    try {
      values[option] = fromText(text);
    } catch (error) {
      faults.push(`${name}: expected ${(error as Error).message}`);
    }
  }
  // A service may have a comma in its name.
  const service = valueOf(environment, SERVICE_NAME);
  if (service !== undefined) prometheus['jobs'] ??= [service];
  if (prometheus['jobs'] === undefined) {
    faults.push('PROMETHEUS_JOBS: expected job names separated by commas, got nothing');
  }
  if (faults.length > 0) {
    throw new ConfigurationError(`Invalid environment:${faults.map((fault) => `\n  - ${fault}`).join('')}`);
  }
  return { prometheus, pushgateway, ...beside } as unknown as PrometheusPushgatewayModuleOptions;
}
