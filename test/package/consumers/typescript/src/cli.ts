import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';
import { prometheusPushgatewayConfig } from 'nestjs-prometheus-pushgateway/config';

const { useFactory, ...source } = prometheusPushgatewayConfig.asProvider();

@Module({
  imports: [
    PrometheusPushgatewayModule.forRootAsync({
      ...source,
      useFactory: async (config) => ({
        ...(await useFactory(config)),
        metrics: [{ name: 'orders_total', help: 'Orders placed', type: 'counter' as const }],
      }),
    }),
    PushgatewayCommandModule,
  ],
})
class CliModule {}

void CommandFactory.run(CliModule, ['error']);
