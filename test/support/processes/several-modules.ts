/** A command line over several modules: `OPTIONS=<a list of options as JSON, each with its name> node several-modules.js push ...`. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';

type Named = PrometheusPushgatewayModuleOptions & { name?: string };
const all = JSON.parse(process.env['OPTIONS'] ?? '[]') as Named[];

@Module({ imports: [...all.map((options) => PrometheusPushgatewayModule.forRoot(options)), PushgatewayCommandModule] })
class CliModule {}

await CommandFactory.run(CliModule, ['error']);
