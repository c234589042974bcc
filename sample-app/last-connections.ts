import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Longer than the shop takes for any request. */
const PATIENCE_MS = 2_500;

/** What a browser keeps open would keep the server from closing: requests under way have a while, then all connections end. */
@Injectable()
export class LastConnections implements BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    // A command has no server.
    const server = (this.host.httpAdapter as typeof this.host.httpAdapter | undefined)?.getHttpServer() as
      Server | undefined;
    setTimeout(() => server?.closeAllConnections(), PATIENCE_MS).unref();
  }
}
