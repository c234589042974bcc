import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { ServerOptions } from 'node:https';

/** A certificate for localhost and 127.0.0.1 that is its own authority; valid until 2120. */
export const CERTIFICATE = readFileSync(join(__dirname, 'certs/cert.pem'), 'utf8');
export const CERTIFICATE_KEY = readFileSync(join(__dirname, 'certs/key.pem'), 'utf8');

export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** What has arrived so far. */
  body: Buffer;
  /** The body arrived to its end. */
  complete: boolean;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, seen: SeenRequest) => void;

export interface FakeServer {
  readonly address: string;
  readonly url: string;
  readonly seen: SeenRequest[];
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

interface FakeServerOptions {
  /** Called with the whole body. Default: 200 without text. */
  answer?: Answer;
  /** Called in place of `100 Continue`. Default: sends it and reads the body. */
  onExpect?: Answer;
  tls?: ServerOptions;
}

/** An HTTP server on a free loopback port that remembers what it was sent. */
export async function startFakeServer({ answer, onExpect, tls }: FakeServerOptions = {}): Promise<FakeServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const remember = (request: IncomingMessage): SeenRequest => {
    const { method, url, headers } = request;
    const entry: SeenRequest = { method, url, headers, body: Buffer.alloc(0), complete: false };
    seen.push(entry);
    return entry;
  };
  const read = (request: IncomingMessage, response: ServerResponse): void => {
    const entry = remember(request);
    request.on('data', (chunk: Buffer) => (entry.body = Buffer.concat([entry.body, chunk])));
    request.on('error', () => undefined);
    request.on('end', () => {
      entry.complete = true;
      if (answer) answer(request, response, entry);
      else response.end();
    });
  };
  const listener: RequestListener = (request, response) => {
    read(request, response);
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (onExpect) {
      onExpect(request, response, remember(request));
    } else {
      response.writeContinue();
      read(request, response);
    }
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `${tls ? 'https' : 'http'}://${address}`,
    seen,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
