/** `node command-push.js <Redis> <gateway>`: a process that runs `push` for one job, and defines no metric. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { PushgatewayCommandModule } from 'nestjs-prometheus-pushgateway/cli';
import { JOB } from './application.js';
import { reportAtEnd } from './report-at-end.js';

const [redis = '', host = ''] = process.argv.slice(2);
reportAtEnd();

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { instance: JOB, jobs: [JOB] },
      pushgateway: { redis, host },
    }),
    PushgatewayCommandModule,
  ],
})
class CliModule {}

process.argv.splice(2, Infinity, 'push');
await CommandFactory.run(CliModule, ['error']);
