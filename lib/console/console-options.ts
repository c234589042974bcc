import type { CanActivate, DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/index.js';

/** What `PrometheusPushgatewayConsoleModule.forRoot` takes. */
export interface PrometheusPushgatewayConsoleOptions {
  /**
   * Where the page is, below the application's global prefix.
   * @defaultValue `'/metrics-console'`
   */
  path?: string;
  /**
   * Who may see it: Nest's guards, as classes or instances. All must agree, for the page, its files, its events and its actions.
   * Without any the start is refused, unless {@link public} is true.
   * @defaultValue none
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /**
   * Everybody who reaches the application may see it.
   * @defaultValue `false`
   */
  public?: boolean;
  /**
   * The page can push now, delete a group from its gateways and clear a metric. Where several replicas answer under one address,
   * give them one `secret` of at least 32 characters: a page of one replica can then ask another one.
   * @defaultValue `false`
   */
  actions?: boolean | { secret: string };
  /**
   * Further Prometheus to show and examine, with the credentials of the configured one: `['prometheus-b:9090']`.
   * @defaultValue none
   */
  prometheus?: readonly string[];
  /**
   * The module that is shown, where the application has several: what `name` of its `forRoot` says.
   * @defaultValue the one without a name
   */
  name?: string;
  /**
   * Modules that provide what the guards inject.
   * @defaultValue none
   */
  imports?: readonly (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}

export interface ResolvedConsoleOptions {
  /** Without slashes around it. */
  readonly path: string;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  readonly actions: boolean;
  /** Undefined: each process has its own. */
  readonly secret: string | undefined;
  readonly prometheus: readonly string[];
  readonly name: string | undefined;
}

const DEFAULT_PATH = '/metrics-console';
const SHORTEST_SECRET = 32;
const KNOWN = ['path', 'guards', 'public', 'actions', 'prometheus', 'name', 'imports'];

/** @throws ConfigurationError naming every fault */
export function resolveConsoleOptions(given: PrometheusPushgatewayConsoleOptions): ResolvedConsoleOptions {
  const options = Object(given) as PrometheusPushgatewayConsoleOptions;
  const { path = DEFAULT_PATH, guards = [], actions = false, prometheus = [] } = options;
  const faults = [...pathFaults(path), ...accessFaults(options), ...actionFaults(actions)];
  const unknown = Object.keys(options).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) faults.push(`unknown option ${unknown.join(', ')}: expected ${KNOWN.join(', ')}`);
  if (!Array.isArray(prometheus) || prometheus.some((host) => typeof host !== 'string')) {
    faults.push("prometheus: expected a list of addresses, such as ['prometheus-b:9090']");
  }
  if (faults.length > 0) {
    throw new ConfigurationError(`PrometheusPushgatewayConsoleModule.forRoot: ${faults.join('; ')}`);
  }
  return {
    path: path.replace(/^\/+|\/+$/g, ''),
    guards,
    actions: actions !== false,
    secret: typeof actions === 'object' ? actions.secret : undefined,
    prometheus,
    name: options.name,
  };
}

function pathFaults(path: unknown): string[] {
  if (typeof path === 'string' && /^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(path)) return [];
  return [`path: expected one such as "${DEFAULT_PATH}", of letters, digits and . _ ~ -, got ${JSON.stringify(path)}`];
}

function accessFaults({ guards = [], public: isPublic = false }: PrometheusPushgatewayConsoleOptions): string[] {
  if (!Array.isArray(guards)) return ['guards: expected a list of guards'];
  if (guards.some((guard: unknown) => guard === null || (typeof guard !== 'function' && typeof guard !== 'object'))) {
    return ['guards: expected classes or instances of guards (is one imported in a circle, and undefined?)'];
  }
  if (typeof isPublic !== 'boolean') return ['public: expected true or false'];
  if (guards.length === 0 && !isPublic) {
    return [
      'guards: expected at least one, since the console shows every metric; "public: true" shows it to everybody',
    ];
  }
  if (guards.length > 0 && isPublic) return ['expected either guards or "public: true", got both'];
  return [];
}

function actionFaults(actions: unknown): string[] {
  if (typeof actions === 'boolean') return [];
  const { secret } = Object(actions) as { secret?: unknown };
  if (typeof secret === 'string' && secret.length >= SHORTEST_SECRET) return [];
  return [`actions: expected true, false or { secret } of at least ${SHORTEST_SECRET} characters`];
}
