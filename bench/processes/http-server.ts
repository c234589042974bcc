/**
 * `node http-server.js us`: an application of Nest on Express and a client of it, in one process. Told by its parent to, it answers
 * requests, and tells the CPU of each in microseconds.
 */
import 'reflect-metadata';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import promBundle from 'express-prom-bundle';
import { PrometheusPushgatewayModule, type InstrumentOptions } from 'nestjs-prometheus-pushgateway';
import type { HttpContestant } from './http-requests.js';

/** Sent at once over one connection, so that the client costs little. */
const PIPELINED = 50;
const REQUEST = 'GET /orders/7 HTTP/1.1\r\nHost: shop\r\n\r\n';

const INSTRUMENTS: Readonly<Record<HttpContestant, InstrumentOptions>> = {
  bare: {},
  again: {},
  us: { http: true },
  all: { http: { sizes: true }, process: true, schedule: true, handlers: true },
  peer: {},
};

@Controller('orders')
class OrdersController {
  @Get(':id')
  find(@Param('id') id: string): string {
    return id;
  }
}

async function start(contestant: HttpContestant): Promise<INestApplication> {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['bench'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
        instrument: INSTRUMENTS[contestant],
      }),
    ],
    controllers: [OrdersController],
  })
  class BenchModule {}
  const app = await NestFactory.create(BenchModule, new ExpressAdapter(), { logger: false });
  if (contestant === 'peer') app.use(promBundle({ includeMethod: true, includePath: true }));
  await app.listen(0, '127.0.0.1');
  return app;
}

async function connected(app: INestApplication): Promise<Socket> {
  const server = app.getHttpServer() as Server;
  server.keepAliveTimeout = 600_000;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends requests, and waits until all are answered. */
async function send(socket: Socket, requests: number): Promise<void> {
  for (let sent = 0; sent < requests; sent += PIPELINED) {
    let answers = 0;
    const all = new Promise<void>((resolve) => {
      const count = (data: Buffer): void => {
        for (let at = data.indexOf('HTTP/1.1 200'); at >= 0; at = data.indexOf('HTTP/1.1 200', at + 1)) answers += 1;
        if (answers < PIPELINED) return;
        socket.off('data', count);
        resolve();
      };
      socket.on('data', count);
    });
    socket.write(REQUEST.repeat(PIPELINED));
    await all;
  }
}

const app = await start(process.argv[2] as HttpContestant);
const client = await connected(app);
process.on('message', (requests: number) => {
  void (async () => {
    const before = process.cpuUsage();
    await send(client, requests);
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / requests);
  })();
});
process.on('disconnect', () => {
  client.destroy();
  void app.close();
});
process.send?.('ready');
