import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { firstValueFrom } from 'rxjs';
import { freePort } from './free-port';
import { OrdersService, ShopModule } from './shop.module.ts';

@Controller()
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  get(): string {
    return String(this.orders.place('request'));
  }

  @MessagePattern('order')
  order(): number {
    return this.orders.place('request');
  }
}

@Module({ imports: [ShopModule], controllers: [OrdersController] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, new FastifyAdapter());
  const options = { host: '127.0.0.1', port: await freePort() };
  app.connectMicroservice({ transport: Transport.TCP, options });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  await fetch(await app.getUrl());
  await fetch(await app.getUrl());
  await firstValueFrom(client.send('order', {}));
  client.close();
  await app.get(OrdersService).push();
  await app.close();
}
void main();
