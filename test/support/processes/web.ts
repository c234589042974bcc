/**
 * An application that answers: `node web.js <options as JSON> <express|fastify>`. It prints its address when it listens. `/orders/:id` answers,
 * `/orders/:id/fails` fails.
 */
import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';

@Controller('orders')
class OrdersController {
  @Get(':id')
  find(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Get(':id/fails')
  fail(): never {
    throw new Error('broken');
  }
}

const [optionsText = '{}', platform] = process.argv.slice(2);
const options = JSON.parse(optionsText) as PrometheusPushgatewayModuleOptions;

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)], controllers: [OrdersController] })
class WebModule {}

const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(WebModule, adapter, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
process.stdout.write(`http://127.0.0.1:${port}\n`);
