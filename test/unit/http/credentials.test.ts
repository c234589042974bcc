import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { EndpointOptions } from '../../../lib/options/index.js';
import type { FakeServer } from './fake-server.js';
import { clientOf, failureOf, fakeServers } from './support.js';

const start = fakeServers();
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  file = join(folder, 'token');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const GET = { method: 'GET', path: '/' } as const;
const basic = (password: string): string => `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;

/** A server that refuses all but the one login that it takes at the moment. */
async function serverThatTakes(
  first: string,
): Promise<FakeServer & { takes(login: string): void; logins(): unknown[] }> {
  let taken = first;
  const server = await start({
    answer: ({ headers }, response) => {
      response.writeHead(headers.authorization === taken || headers['x-key'] === taken ? 200 : 401).end('you: x');
    },
  });
  return Object.assign(server, {
    takes: (login: string) => (taken = login),
    logins: () => server.seen.map(({ headers }) => headers.authorization ?? headers['x-key']),
  });
}

it.each<[string, (text: string) => string, (path: string) => EndpointOptions]>([
  ['bearerTokenFile', (text) => `Bearer ${text}`, (path) => ({ bearerTokenFile: path })],
  ['passwordFile', basic, (path) => ({ username: 'user', passwordFile: path })],
])('%s is read at the first request, and again when it is refused', async (_, login, options) => {
  const server = await serverThatTakes(login('first'));
  const client = clientOf(server.address, options(file));
  writeFileSync(file, 'first\n');
  expect((await client.request(GET)).status).toBe(200);
  writeFileSync(file, 'second');
  // What is still taken is not read again.
  expect((await client.request(GET)).status).toBe(200);
  server.takes(login('second'));
  const pushed = await client.request({ method: 'PUT', path: '/', body: Buffer.from('text'), expectContinue: true });
  expect(pushed.status).toBe(200);
  expect(server.seen.at(-1)?.body.toString()).toBe('text');
  expect(server.logins()).toEqual(['first', 'first', 'first', 'second'].map(login));

  // The same again would be refused again.
  server.takes('another');
  expect((await client.request(GET)).status).toBe(401);
  expect(server.logins()).toHaveLength(5);
});

it('a function for headers is asked again when what it gave is refused', async () => {
  const server = await serverThatTakes('key-1');
  let calls = 0;
  const headers = (): Promise<Record<string, string>> => Promise.resolve({ 'X-Key': `key-${(calls += 1)}` });
  const client = clientOf(server.address, { headers });
  await Promise.all([client.request(GET), client.request(GET)]);
  expect(calls).toBe(1);
  server.takes('key-2');
  const answers = await Promise.all([client.request(GET), client.request(GET)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(calls).toBe(2);
  const { body } = await client.request(GET);
  expect(body).toBe('you: x');
  expect(client.redact('key-1 and key-2')).toBe('*** and ***');
});

it.each<[string, () => EndpointOptions, string]>([
  ['no file', () => ({ bearerTokenFile: join(folder, 'none') }), 'cannot read bearerTokenFile: ENOENT'],
  ['a folder', () => ({ username: 'user', passwordFile: folder }), 'cannot read passwordFile: EISDIR'],
  ['an empty file', () => ({ bearerTokenFile: file }), 'is empty'],
  ['two lines', () => ({ bearerTokenFile: `${file}2` }), 'expected a header of one line'],
  [
    'a function that throws',
    () => ({ headers: () => Promise.reject(new Error('vault is sealed')) }),
    'vault is sealed',
  ],
  ['a function that gives nothing', () => ({ headers: () => undefined as never }), 'no object of names and texts'],
  ['a function that waits', () => ({ headers: () => new Promise(() => undefined), timeoutMs: 100 }), 'took too long'],
  ['header that is none', () => ({ headers: () => ({ 'X Key': 's3same' }) }), 'Invalid headers["X Key"]'],
])('%s: nothing is sent, and the error says why', async (_, options, reason) => {
  writeFileSync(file, '\n');
  writeFileSync(`${file}2`, 's3same\ns3same');
  const server = await start();
  const client = clientOf(server.address, options());
  const failure = await failureOf(client.request(GET));
  expect(failure).toMatchObject({ code: 'ERR_CREDENTIALS', name: 'CredentialsError' });
  expect(failure.message).toMatch(new RegExp(`^Pushgateway http://${server.address} was not asked: `));
  expect(failure.message).toContain(reason);
  expect(inspect(failure, { depth: Infinity, showHidden: true })).not.toContain('s3same');
  expect(server.seen).toEqual([]);
});

it('a file is read at the next request, if it was not there at the first', async () => {
  const server = await serverThatTakes('Bearer late');
  const client = clientOf(server.address, { bearerTokenFile: file });
  await failureOf(client.request(GET));
  writeFileSync(file, 'late');
  expect((await client.request(GET)).status).toBe(200);
});
