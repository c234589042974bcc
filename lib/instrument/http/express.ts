import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestMeter } from './request-meter.js';

/** What is needed of an application of Express. */
export interface ExpressApplication {
  handle: (this: ExpressApplication, request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
}

interface ExpressRequest extends IncomingMessage {
  /** The path that a router is mounted at. It may hold values of parameters. */
  readonly baseUrl?: string;
  readonly route?: { readonly path: string | RegExp | readonly (string | RegExp)[] };
}

/**
 * All requests come to `handle`, from whatever server or serverless platform, before any middleware: what a middleware, the body
 * parser or a guard answers is seen too.
 */
export function watchExpress(application: ExpressApplication, meter: RequestMeter): void {
  const { handle } = application;
  const mounts = new Mounts();
  const routeOf = (request: IncomingMessage): string => {
    const { route, baseUrl } = request as ExpressRequest;
    if (route === undefined || (baseUrl && route.path === UNKNOWN_BELOW_PREFIX)) return '';
    return mounts.known(baseUrl) + (typeof route.path === 'string' ? route.path : String(route.path));
  };
  application.handle = function measured(request, response, next) {
    meter.begin(request, response, routeOf);
    handle.call(this, request, response, next);
  };
}

/** By this Nest answers for unknown paths, where it has a global prefix. */
const UNKNOWN_BELOW_PREFIX = '*path';

/** Few enough that they cannot be values of a parameter. */
const MOST_MOUNTS = 50;

/** Where routers are mounted. Nest mounts none; a router at `/tenants/:id` would make a label of every tenant. */
class Mounts {
  readonly #paths = new Set<string>();

  /** The path, or nothing once there were too many. */
  known(path: string | undefined): string {
    if (!path || this.#paths.has(path)) return path ?? '';
    if (this.#paths.size >= MOST_MOUNTS) return '';
    this.#paths.add(path);
    return path;
  }
}
