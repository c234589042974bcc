import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { CERTIFICATE, CERTIFICATE_KEY } from './fake-server.js';
import { clientOf, fakeServers } from './support.js';

const startServer = fakeServers();

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const OTHER_KEY = privateKey.export(pkcs8);
const ENCRYPTED_KEY = privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'another' });

const GET = { method: 'GET', path: '/' } as const;

const rawServers: Server[] = [];
afterEach(async () => {
  await Promise.all(rawServers.splice(0).map((server) => once(server.close(), 'close')));
});

/** A TCP server that does this with each connection. */
async function startRaw(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    onConnection(socket);
  });
  rawServers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('no answer', () => {
  it('from a port nobody listens on', async () => {
    await expect(clientOf('127.0.0.1:1').request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
      code: 'ERR_HTTP_CONNECTION',
      reason: 'ECONNREFUSED',
      message: 'Pushgateway http://127.0.0.1:1 unreachable: connect ECONNREFUSED 127.0.0.1:1',
    });
  });

  it('from localhost on either of its addresses', async () => {
    await expect(clientOf('localhost:1').request(GET)).rejects.toMatchObject({
      reason: 'ECONNREFUSED',
      message: expect.stringMatching(
        /^Pushgateway http:\/\/localhost:1 unreachable: .*ECONNREFUSED 127\.0\.0\.1:1/,
      ) as string,
    });
  });

  it('from a name that does not exist', async () => {
    await expect(clientOf('does-not-exist.invalid').request(GET)).rejects.toMatchObject({
      reason: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
      message: expect.stringContaining('does-not-exist.invalid:9091 unreachable: getaddrinfo') as string,
    });
  });

  it('from a server that hangs up', async () => {
    const address = await startRaw((socket) => socket.destroy());
    await expect(clientOf(address).request(GET)).rejects.toMatchObject({
      reason: 'ECONNRESET',
      message: expect.stringContaining(
        `Pushgateway http://${address} closed the connection before it answered`,
      ) as string,
    });
  });

  it('from a server that hangs up in the middle of it', async () => {
    const address = await startRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    await expect(clientOf(address).request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
      message: expect.stringContaining('closed the connection before it answered') as string,
    });
  });

  it('in HTTP', async () => {
    const address = await startRaw((socket) => socket.end('-ERR unknown command\r\n'));
    await expect(clientOf(address).request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
      message: expect.stringContaining(`Pushgateway http://${address} did not answer in HTTP`) as string,
    });
  });

  it.each([
    ['never', (): void => undefined],
    ['in part', (socket: Socket): unknown => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')],
  ])('within the time: %s', async (_name, onConnection) => {
    const sockets: Socket[] = [];
    const address = await startRaw((socket) => {
      sockets.push(socket);
      onConnection(socket);
    });
    const before = Date.now();
    await expect(clientOf(address, { timeoutMs: 150 }).request(GET)).rejects.toMatchObject({
      name: 'HttpTimeoutError',
      code: 'ERR_HTTP_TIMEOUT',
      message: `Pushgateway http://${address} did not answer within 150 ms`,
    });
    expect(Date.now() - before).toBeLessThan(1_000);
    for (const socket of sockets) socket.destroy();
  });
});

describe('TLS', () => {
  const tls = { cert: CERTIFICATE, key: CERTIFICATE_KEY };

  it('verifies the server unless told otherwise', async () => {
    const server = await startServer({ tls });
    await expect(clientOf(server.url).request(GET)).rejects.toMatchObject({
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      message:
        `Pushgateway ${server.url} failed the TLS handshake: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT): ` +
        'give the certificate authority as tls.ca',
    });
    expect(server.seen).toHaveLength(0);
    await expect(clientOf(server.url, { tls: { rejectUnauthorized: false } }).request(GET)).resolves.toMatchObject({
      status: 200,
    });
  });

  it('trusts the authority it is given', async () => {
    const server = await startServer({ tls });
    const client = clientOf(server.url, { tls: { ca: CERTIFICATE } });
    await expect(
      client.request({ method: 'PUT', path: '/', expectContinue: true, body: Buffer.from('text') }),
    ).resolves.toMatchObject({ status: 200 });
    expect(server.seen[0]?.body.toString()).toBe('text');
  });

  it('refuses a certificate of another name', async () => {
    const server = await startServer({ tls });
    const client = clientOf(server.url, { tls: { ca: CERTIFICATE, servername: 'elsewhere' } });
    await expect(client.request(GET)).rejects.toMatchObject({
      reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: expect.stringContaining('failed the TLS handshake') as string,
    });
  });

  it("shows the client's certificate", async () => {
    const server = await startServer({ tls: { ...tls, ca: CERTIFICATE, requestCert: true, rejectUnauthorized: true } });
    await expect(clientOf(server.url, { tls: { ca: CERTIFICATE } }).request(GET)).rejects.toMatchObject({
      name: 'HttpConnectionError',
    });
    const client = clientOf(server.url, { tls: { ca: CERTIFICATE, ...tls } });
    await expect(client.request(GET)).resolves.toMatchObject({ status: 200 });
  });

  it('says that a server speaks plain HTTP', async () => {
    const server = await startServer();
    await expect(clientOf(`https://${server.address}`).request(GET)).rejects.toMatchObject({
      message: expect.stringContaining(
        'failed the TLS handshake: it does not speak TLS: is it http, not https?',
      ) as string,
    });
  });

  it.each([
    ['is no PEM text', { cert: 'none', key: 'sesame' }, 'no start line'],
    ['does not belong to its key', { cert: CERTIFICATE, key: OTHER_KEY }, 'key values mismatch'],
    ['has a key that needs a passphrase', { cert: CERTIFICATE, key: ENCRYPTED_KEY, passphrase: 'sesame' }, ''],
  ])('refuses a certificate that %s', (_name, own, message) => {
    let error: unknown;
    try {
      clientOf('https://localhost', { tls: own });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringMatching(
        new RegExp(`^Invalid tls: expected PEM texts that belong together, got .*${message}`),
      ) as string,
    });
    expect(inspect(error)).not.toContain('sesame');
  });
});
