import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { type RunningServer, startPushgateway } from '../../support/servers.js';
import { CERTIFICATE } from '../../unit/http/fake-server.js';
import { failureOf } from './support.js';

jest.setTimeout(60_000);

const KEY = { job: 'shop', instance: 'localhost' };
const TEXT = '# TYPE orders_total counter\norders_total 1\n';
const CERTIFICATES = join(__dirname, '../../unit/http/certs');
/** bcrypt of `s3same`, made with `htpasswd -nbBC 5`. */
const USERS = 'basic_auth_users: { user: $2y$05$V4xbLnk.6xSaKVdaH4gxoOfJtQnip2hCn2jRGZq3bsezYzPdktXE6 }\n';
const TLS = `tls_server_config: { cert_file: ${CERTIFICATES}/cert.pem, key_file: ${CERTIFICATES}/key.pem }\n`;

let server: RunningServer;
afterEach(() => server.stop());

it('a gateway with a password takes pushes with it only', async () => {
  server = await startPushgateway({ webConfig: USERS });
  const { address } = server;
  await new PushgatewayClient({ host: address, username: 'user', password: 's3same' }).push(KEY, TEXT);
  await new PushgatewayClient({ host: `http://user:s3same@${address}` }).push(KEY, TEXT);

  for (const credentials of [{}, { username: 'user', password: 'wr0ng' }, { bearerToken: 'wr0ng' }]) {
    const error = await failureOf(new PushgatewayClient({ host: address, ...credentials }).push(KEY, TEXT));
    expect(error).toMatchObject({
      name: 'GatewayResponseError',
      status: 401,
      message:
        `Pushgateway http://${address} refused the push of job "shop" (401): Unauthorized ` +
        '(check username and password, or bearerToken)',
    });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('wr0ng');
  }
});

it('a gateway with TLS is verified, and takes pushes from those who know its authority', async () => {
  server = await startPushgateway({ webConfig: TLS + USERS });
  const host = `https://user:s3same@localhost:${server.port}`;
  for (const gzip of [true, false]) {
    await new PushgatewayClient({ host, gzip, tls: { ca: CERTIFICATE } }).push(KEY, TEXT);
  }
  await new PushgatewayClient({ host, tls: { rejectUnauthorized: false } }).push(KEY, TEXT);
  const error = await failureOf(new PushgatewayClient({ host }).push(KEY, TEXT));
  expect(error).toMatchObject({
    name: 'HttpConnectionError',
    message: expect.stringContaining('failed the TLS handshake: self-signed certificate') as string,
  });
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('s3same');

  const plain = await failureOf(new PushgatewayClient({ host: server.address }).push(KEY, TEXT));
  expect(plain).toMatchObject({ status: 400, reason: 'Client sent an HTTP request to an HTTPS server.' });
});

it('a password that changes is read again, in the push that is refused', async () => {
  server = await startPushgateway({ webConfig: USERS });
  const folder = await mkdtemp(join(tmpdir(), 'password-'));
  try {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'before');
    const client = new PushgatewayClient({ host: server.address, username: 'user', passwordFile });
    expect(await failureOf(client.push(KEY, TEXT))).toMatchObject({ status: 401 });
    await writeFile(passwordFile, 's3same\n');
    await client.push(KEY, TEXT);
    await client.delete(KEY);
  } finally {
    await rm(folder, { recursive: true });
  }
});
