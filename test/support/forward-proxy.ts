import { once } from 'node:events';
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface ForwardProxy {
  readonly address: string;
  readonly url: string;
  /** Every request for a connection: to whom, and the credentials for the proxy. */
  readonly asked: readonly { readonly target: string | undefined; readonly authorization: string | undefined }[];
  /** What else it was sent: nothing of ours. */
  readonly strange: readonly string[];
  /** Answers all with this status, or not at all. Default: it does what it is asked for. */
  mode: number | 'silent' | undefined;
  close(): Promise<void>;
}

/**
 * A proxy on loopback that opens connections for others (CONNECT): 502 where it gets none, 407 without the credentials it wants.
 * @param port Default: a free one.
 * @param login `user:password`. Default: none is asked for.
 */
export async function startForwardProxy({
  port = 0,
  login,
}: { port?: number; login?: string } = {}): Promise<ForwardProxy> {
  const asked: ForwardProxy['asked'][number][] = [];
  const strange: string[] = [];
  const sockets = new Set<Duplex>();
  const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer((request, response) => {
    strange.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(501).end();
  });
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const authorization = request.headers['proxy-authorization'];
    asked.push({ target: request.url, authorization });
    const refuse = (status: number): void => {
      client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
    };
    if (proxy.mode === 'silent') return;
    if (proxy.mode !== undefined) {
      refuse(proxy.mode);
      return;
    }
    if (authorization !== expected) {
      refuse(407);
      return;
    }
    const { hostname, port: to } = new URL(`http://${request.url ?? ''}`);
    const target = connect(Number(to || 80), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    keep(target);
    target.once('error', () => {
      refuse(502);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: ForwardProxy = {
    address,
    url: `http://${address}`,
    asked,
    strange,
    mode: undefined,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
