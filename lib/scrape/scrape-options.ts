import type { CanActivate, DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/index.js';
import { isLabelName } from '../model/index.js';

/** What `PrometheusPushgatewayScrapeModule.forRoot` takes. */
export interface PrometheusPushgatewayScrapeOptions {
  /**
   * Where Prometheus asks, below the application's global prefix.
   * @defaultValue `'/metrics'`
   */
  path?: string;
  /**
   * Who may ask: Nest's guards, as classes or instances. All must agree.
   * @defaultValue none: everybody who reaches the application
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /**
   * A controller of your own in the place of ours: it calls {@link ScrapeService.answer}, and has its own path and guards.
   * @defaultValue ours
   */
  controller?: Type;
  /**
   * Labels of every series that is scraped, beside `job`, `instance` and `pushgateway.groupingLabels`. They tell what is scraped from what
   * is pushed: only with them an application may do both.
   * @defaultValue none
   */
  labels?: Readonly<Record<string, string>>;
  /**
   * Whether OpenMetrics text has `_created` lines. A Prometheus without `created-timestamp-zero-ingestion` makes a series of each. Protobuf
   * has start times in any case.
   * @defaultValue `false`
   */
  created?: boolean;
  /**
   * The module that is shown, where the application has several: what `name` of its `forRoot` says.
   * @defaultValue the one without a name
   */
  name?: string;
  /**
   * Modules that provide what the guards or the controller inject.
   * @defaultValue none
   */
  imports?: readonly (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}

export type ResolvedScrapeOptions = Required<Omit<PrometheusPushgatewayScrapeOptions, 'controller' | 'name'>> &
  Pick<PrometheusPushgatewayScrapeOptions, 'controller' | 'name'>;

export const SCRAPE_OPTIONS = Symbol('PrometheusPushgatewayScrapeOptions');

const DEFAULT_PATH = '/metrics';
const KNOWN = ['path', 'guards', 'controller', 'labels', 'created', 'name', 'imports'];
/** A scrape or the metrics themselves have them. */
const TAKEN = ['job', 'instance', 'le', 'quantile', '__name__'];

/** @throws ConfigurationError naming every fault */
export function resolveScrapeOptions(given: PrometheusPushgatewayScrapeOptions = {}): ResolvedScrapeOptions {
  const options = Object(given) as PrometheusPushgatewayScrapeOptions;
  const { path = DEFAULT_PATH, guards = [], controller, labels = {}, created = false, imports = [], name } = options;
  const faults: string[] = [];
  const unknown = Object.keys(options).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) faults.push(`unknown option ${unknown.join(', ')}: expected ${KNOWN.join(', ')}`);
  if (typeof path !== 'string' || !/^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(path)) {
    faults.push(
      `path: expected one such as "${DEFAULT_PATH}", of letters, digits and . _ ~ -, got ${JSON.stringify(path)}`,
    );
  }
  if (
    !Array.isArray(guards) ||
    guards.some((guard: unknown) => !['function', 'object'].includes(typeof (guard ?? 0)))
  ) {
    faults.push('guards: expected classes or instances of guards (is one imported in a circle, and undefined?)');
  }
  if (controller !== undefined && typeof controller !== 'function') faults.push('controller: expected a class');
  if (controller !== undefined && (options.path !== undefined || options.guards !== undefined)) {
    faults.push('expected either controller or path and guards, got both: a controller has its own');
  }
  if (typeof created !== 'boolean') faults.push('created: expected true or false');
  faults.push(...labelFaults(labels));
  if (faults.length > 0) {
    throw new ConfigurationError(`PrometheusPushgatewayScrapeModule.forRoot: ${faults.join('; ')}`);
  }
  return {
    path: path.replace(/^\/+|\/+$/g, ''),
    guards,
    labels,
    created,
    imports,
    ...(controller && { controller }),
    ...(name !== undefined && { name }),
  };
}

function labelFaults(labels: unknown): string[] {
  if (typeof labels !== 'object' || labels === null) return ["labels: expected an object such as { way: 'scrape' }"];
  return Object.entries(labels).flatMap(([name, value]: [string, unknown]) => {
    if (!isLabelName(name) || TAKEN.includes(name))
      return [`labels: expected the name of a label, got ${JSON.stringify(name)}`];
    return typeof value === 'string' && value !== '' ? [] : [`labels.${name}: expected a text`];
  });
}
