import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { prometheusPushgatewayConfig } from 'nestjs-prometheus-pushgateway/config';
import { withDefaults } from './environment.js';
import { OrdersModule } from './orders/orders.module.js';
import { PageModule } from './page/page.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { QueueModule } from './queue/queue.module.js';
import { MetricsWatch } from './metrics-watch.js';
import { ReportsModule } from './reports/reports.module.js';
import { REQUESTS } from './requests.js';
import { LastConnections } from './last-connections.js';
import { TroubleController } from './trouble/trouble.controller.js';

/** A small shop: customers order and pay, the warehouse packs. Configured through the environment. */
@Module({
  imports: [
    ConfigModule.forRoot({ validate: withDefaults }),
    PrometheusPushgatewayModule.forRootAsync({
      ...prometheusPushgatewayConfig.asProvider(),
      useFactory: (fromEnvironment: ConfigType<typeof prometheusPushgatewayConfig>) => ({
        ...fromEnvironment,
        instrument: { http: REQUESTS, process: true },
      }),
    }),
    OrdersModule,
    PaymentsModule,
    QueueModule,
    ReportsModule,
    PageModule,
  ],
  controllers: [TroubleController],
  providers: [LastConnections, MetricsWatch],
})
export class AppModule {}
