import { inspect } from 'node:util';
import type { EndpointOptions } from '../../../lib/options/index.js';
import { CERTIFICATE, CERTIFICATE_KEY } from './fake-server.js';
import { clientOf, failureOf, fakeServers } from './support.js';

const startServer = fakeServers();
const PUT = { method: 'PUT', path: '/', body: Buffer.from('text'), expectContinue: true } as const;

/** Everything a logger could find out about a value. */
const everythingAbout = (value: unknown): string =>
  [
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    (value as { stack?: string }).stack,
  ].join('\n');

describe.each<[string, EndpointOptions]>([
  ['basic auth', { username: 'us3r', password: 's3same' }],
  ['a bearer token', { bearerToken: 's3same' }],
  ['a header', { headers: { 'X-Api-Key': 's3same' } }],
])('with %s', (_name, options) => {
  const secrets = /s3same|czNzYW1l|dXMzcjpzM3NhbWU/;

  it('a client does not show it', () => {
    expect(everythingAbout(clientOf('localhost', options))).not.toMatch(secrets);
  });

  it('no failure shows it', async () => {
    const silent = await startServer({ onExpect: () => undefined });
    const hangingUp = await startServer({ onExpect: (request) => request.socket.destroy() });
    const secured = await startServer({ tls: { cert: CERTIFICATE, key: CERTIFICATE_KEY } });
    const success = await startServer({ onExpect: (_request, response) => response.end() });
    const failures = [
      await failureOf(clientOf('127.0.0.1:1', options).request(PUT)),
      await failureOf(clientOf(silent.url, { ...options, timeoutMs: 100 }).request(PUT)),
      await failureOf(clientOf(hangingUp.url, options).request(PUT)),
      await failureOf(clientOf(secured.url, options).request(PUT)),
      await failureOf(
        clientOf(success.url, options).request({
          ...PUT,
          body: async function* () {
            yield 'text';
          },
        }),
      ),
    ];
    expect(failures.map(({ name }) => name)).toEqual([
      'HttpConnectionError',
      'HttpTimeoutError',
      'HttpConnectionError',
      'HttpConnectionError',
      'HttpConnectionError',
    ]);
    for (const failure of failures) {
      expect(everythingAbout(failure)).not.toMatch(secrets);
      expect(failure).not.toHaveProperty('cause');
      expect(failure).not.toHaveProperty('config');
    }
  });
});

describe('what no header can carry', () => {
  it.each<[string, EndpointOptions, string]>([
    ['a bearer token from a file', { bearerToken: 's3same\n' }, 'Invalid bearerToken: '],
    ['a header split in two', { headers: { 'X-Key': 's3same\r\nX-Other: 1' } }, 'Invalid headers["X-Key"]: '],
    ['a header beyond Latin-1', { headers: { 'X-Key': 's3same \u20ac' } }, 'Invalid headers["X-Key"]: '],
    ['a header name', { headers: { 'X Key': 's3same' } }, 'Invalid headers["X Key"]: '],
    ['a colon in the username', { username: 'a:b', password: 's3same' }, 'Invalid username: '],
    ['two ways to log in', { username: 'a', bearerToken: 's3same' }, 'Expected a bearerToken or a username'],
    ['a password alone', { password: 's3same' }, 'Expected a username'],
  ])('%s', (_name, options, message) => {
    let error: unknown;
    try {
      clientOf('localhost', options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) as string });
    expect(everythingAbout(error)).not.toContain('s3same');
  });
});
