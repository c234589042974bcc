/** `node http-requests.js`: microseconds of CPU that measuring adds to a request of Express, in an application of Nest. */
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
import { median } from '../harness/statistics.js';
import { report } from './report.js';

const ROUNDS = 41;
const REQUESTS = 1_500;
/** Sent at once over one connection, so that the client costs little. */
const PIPELINED = 50;
const REQUEST = 'GET /orders/7 HTTP/1.1\r\nHost: shop\r\n\r\n';

@Controller('orders')
class OrdersController {
  @Get(':id')
  find(@Param('id') id: string): string {
    return id;
  }
}

interface Contestant {
  readonly app: INestApplication;
  readonly socket: Socket;
  /** CPU of a request in each round, in microseconds. */
  readonly costs: number[];
}

async function start(instrument: InstrumentOptions, prepare?: (app: INestApplication) => void): Promise<Contestant> {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['bench'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
        instrument,
      }),
    ],
    controllers: [OrdersController],
  })
  class BenchModule {}
  const app = await NestFactory.create(BenchModule, new ExpressAdapter(), { logger: false });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  server.keepAliveTimeout = 600_000;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return { app, socket, costs: [] };
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

async function measure({ socket, costs }: Contestant): Promise<void> {
  const before = process.cpuUsage();
  await send(socket, REQUESTS);
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) / REQUESTS);
}

const bare = await start({});
const us = await start({ http: true });
const peer = await start({}, (app) => app.use(promBundle({ includeMethod: true, includePath: true })));
const contestants = [bare, us, peer];

// Their code is compiled before it is measured.
for (const { socket } of contestants) await send(socket, 3 * REQUESTS);
// In turn, the order changing: whatever else the machine does meets all of them.
for (let round = 0; round < ROUNDS; round += 1) {
  for (let at = 0; at < contestants.length; at += 1) {
    await measure(contestants[(round + at) % contestants.length] as Contestant);
  }
}
const added = ({ costs }: Contestant): number => median(costs.map((cost, at) => cost - (bare.costs[at] ?? 0)));
report({ bareUs: median(bare.costs), usUs: added(us), peerUs: added(peer) });
for (const { app, socket } of contestants) {
  socket.destroy();
  await app.close();
}
