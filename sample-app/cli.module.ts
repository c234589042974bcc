import { Module } from '@nestjs/common';
import { PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';
import { AppModule } from './app.module.js';

/** What the command line runs: the application, and the commands of the package. */
@Module({ imports: [AppModule, PushgatewayCommandModule] })
export class CliModule {}
