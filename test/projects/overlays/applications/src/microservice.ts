import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { createServer, type AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { OrdersService, ShopModule } from './shop.module';

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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

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
