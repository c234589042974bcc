import { Module } from '@nestjs/common';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { AppController } from './app.controller';
import { AppService } from './app.service';
import { OrdersService } from './orders.service';

const pushgateway = PrometheusPushgatewayModule.forRoot({
  prometheus: { jobs: ['shop'] },
  pushgateway: { redis: process.env.REDIS ?? 'memory' },
  autoPush: false,
});

@Module({ imports: [pushgateway], controllers: [AppController], providers: [AppService, OrdersService] })
export class AppModule {
  constructor(metrics: MetricsService) {
    const starts = metrics.counter({ name: 'starts_total', help: 'Starts of the shop', labelNames: ['version'] });
    starts.inc({ version: '1.0' });
  }
}
