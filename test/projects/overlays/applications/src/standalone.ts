import { NestFactory } from '@nestjs/core';
import { OrdersService, ShopModule } from './shop.module.ts';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(ShopModule);
  const orders = app.get(OrdersService);
  for (let at = 0; at < 3; at++) orders.place('script');
  await orders.push();
  await app.close();
}
void main();
