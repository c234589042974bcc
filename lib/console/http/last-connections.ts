import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const EVERY_MS = 50;
/** On a younger connection the first request may be on its way. */
const UNUSED_MS = 1_000;

/**
 * Lets the server close while a browser has the page open. Node closes idle connections once, as closing begins. It leaves those
 * on which nothing was ever asked, which browsers open ahead and keep, for ever; and for 5 s those whose answer ends after that.
 */
@Injectable()
export class LastConnections implements OnModuleInit, BeforeApplicationShutdown {
  /** When each began, by the monotonic clock. */
  readonly #sockets = new Map<Socket, number>();
  readonly #host: HttpAdapterHost;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  onModuleInit(): void {
    this.#server?.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, performance.now());
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  beforeApplicationShutdown(): void {
    const server = this.#server;
    if (server === undefined) return;
    const closing = setInterval(() => {
      if (server.listening) return;
      // Not there with HTTP/2.
      (server as Partial<Server>).closeIdleConnections?.();
      for (const [socket, begunAt] of this.#sockets) {
        const isUnused = socket.bytesRead === 0 && performance.now() - begunAt > UNUSED_MS;
        if (isUnused) socket.destroy();
      }
      if (this.#sockets.size === 0) clearInterval(closing);
    }, EVERY_MS).unref();
  }

  /** Undefined in a process without a server, such as a command. */
  get #server(): Server | undefined {
    const adapter = this.#host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    return adapter?.getHttpServer() as Server | undefined;
  }
}
