import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { RequestMeter } from './request-meter.js';

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly routeOptions: { readonly url?: string };
}

/** What is needed of an instance of Fastify. */
export interface FastifyApplication {
  readonly server: Server;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: { readonly raw: ServerResponse }, done: () => void) => void,
  ): unknown;
}

const ROUTE = Symbol('route');

interface Routed extends IncomingMessage {
  [ROUTE]?: string;
}

function routeOf(request: Routed): string {
  return request[ROUTE] ?? '';
}

/**
 * The server sees requests before any middleware. The hook knows their route; it is also the first to see those that come from
 * another server (Fastify makes one for each address of `localhost`), from `inject`, or from a serverless platform.
 */
export function watchFastify(application: FastifyApplication, meter: RequestMeter): void {
  application.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    meter.begin(request, response, routeOf);
  });
  application.addHook('onRequest', ({ raw, routeOptions }, reply, done) => {
    if (routeOptions.url !== undefined) (raw as Routed)[ROUTE] = routeOptions.url;
    meter.begin(raw, reply.raw, routeOf);
    done();
  });
}
