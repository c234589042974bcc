/** A command-line application that defines no metric: `OPTIONS=<options as JSON> node command.js push ...`. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';

const options = JSON.parse(process.env['OPTIONS'] ?? '{}') as PrometheusPushgatewayModuleOptions;

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options), PushgatewayCommandModule] })
class CliModule {}

await CommandFactory.run(CliModule, ['error']);
