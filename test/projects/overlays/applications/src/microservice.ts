import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { freePort } from './free-port';
import { OrdersService, ShopModule } from './shop.module.ts';

@Controller()
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @MessagePattern('order')
  order(): number {
    return this.orders.place('message');
  }
}

@Module({ imports: [ShopModule], controllers: [OrdersController] })
class AppModule {}

async function main(): Promise<void> {
  const options = { host: '127.0.0.1', port: await freePort() };
  const app = await NestFactory.createMicroservice(AppModule, { transport: Transport.TCP, options });
  await app.listen();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  for (let at = 0; at < 3; at++) await firstValueFrom(client.send('order', {}));
  client.close();
  await app.get(OrdersService).push();
  await app.close();
}
void main();
