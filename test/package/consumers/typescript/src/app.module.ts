import { Injectable, Module } from '@nestjs/common';
import {
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
  type RedisConnection,
} from 'nestjs-prometheus-pushgateway';
import { OrdersService } from './orders.service.js';

@Injectable()
export class Settings {
  readonly jobs = ['shop'];
  readonly redis: RedisConnection = process.env.REDIS ?? 'memory';
}

@Module({ providers: [Settings], exports: [Settings] })
export class SettingsModule {}

@Module({
  imports: [
    PrometheusPushgatewayModule.forFeature([
      {
        namespace: 'shop',
        name: 'orders_total',
        help: 'Orders placed',
        type: 'counter',
        labelNames: ['type', 'country'],
      },
    ]),
  ],
  providers: [OrdersService],
})
export class OrdersModule {}

@Module({
  imports: [
    PrometheusPushgatewayModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: ({ jobs, redis }: Settings): PrometheusPushgatewayModuleOptions => ({
        prometheus: { jobs, instance: 'typescript' },
        pushgateway: { redis },
        autoPush: false,
      }),
    }),
    OrdersModule,
  ],
})
export class AppModule {}
