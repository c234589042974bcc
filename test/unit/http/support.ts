import { HttpClient } from '../../../lib/http/index.js';
import { type EndpointOptions, resolveEndpoint } from '../../../lib/options/index.js';
import { type FakeServer, startFakeServer } from './fake-server.js';

/** Starts fake servers and closes them after each test. */
export function fakeServers(): typeof startFakeServer {
  const started: FakeServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  });
  return async (options) => {
    const server = await startFakeServer(options);
    started.push(server);
    return server;
  };
}

export function clientOf(host: string, options: EndpointOptions = {}): HttpClient {
  return new HttpClient(resolveEndpoint(host, { timeoutMs: 5_000, ...options }, 9091), 'Pushgateway');
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a rejection');
}
