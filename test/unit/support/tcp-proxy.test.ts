import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

const CLIENT = 'client';
const SLOW_MS = 200;

let server: Server;
let proxy: TcpProxy;
let client: Socket;
let received: string;

/** Answers with what it was sent. */
beforeEach(async () => {
  server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = new TcpProxy((server.address() as AddressInfo).port);
  client = connect(await proxy.entrance(CLIENT), '127.0.0.1').setNoDelay();
  received = '';
  client.setEncoding('utf8').on('data', (text: string) => (received += text));
});
afterEach(async () => {
  client.destroy();
  proxy.close();
  server.close();
});

/** Sends it, and resolves when it has come back to the proxy. */
async function answered(text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = proxy.watch(({ kind, bytes }) => {
      if (kind !== 'received' || !bytes.toString().includes(text)) return undefined;
      end();
      setImmediate(resolve);
      return undefined;
    });
    client.write(text);
  });
}

describe('TcpProxy', () => {
  it('delivers answers in their order when it is not slow any more', async () => {
    proxy.slow(CLIENT, SLOW_MS);
    await answered('a');
    proxy.slow(CLIENT, 0);
    await answered('b');
    await answered('c');
    await waitFor(() => received.length === 3, { message: 'all three' });
    expect(received).toBe('abc');
  });
});
