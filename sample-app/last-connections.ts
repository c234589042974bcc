import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const EVERY_MS = 50;
/** On a younger connection the first request may be on its way. */
const UNUSED_MS = 1_000;

/**
 * A browser that looks must not keep the shop from ending. It opens connections ahead, on which nothing is ever asked, and Node's
 * server waits for these too. What is asked already gets its answer.
 */
@Injectable()
export class LastConnections implements OnModuleInit, BeforeApplicationShutdown {
  /** When each began, by the monotonic clock. */
  readonly #sockets = new Map<Socket, number>();

  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    this.#server?.on('connection', (socket) => {
      this.#sockets.set(socket, performance.now());
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  beforeApplicationShutdown(): void {
    const server = this.#server;
    if (server === undefined) return;
    const closing = setInterval(() => {
      if (server.listening) return;
      server.closeIdleConnections();
      for (const [socket, begunAt] of this.#sockets) {
        const isUnused = socket.bytesRead === 0 && performance.now() - begunAt > UNUSED_MS;
        if (isUnused) socket.destroy();
      }
      if (this.#sockets.size === 0) clearInterval(closing);
    }, EVERY_MS).unref();
  }

  /** A command has none. */
  get #server(): Server | undefined {
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    return adapter?.getHttpServer() as Server | undefined;
  }
}
