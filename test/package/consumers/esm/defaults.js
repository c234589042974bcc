// Starts with all defaults, and is over before the first flush: what has been loaded by then is written down.
import 'reflect-metadata';
import { stopCoverage, takeCoverage } from 'node:v8';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';

class AppModule {}
Module({ imports: [PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] } })] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
await app.init();
takeCoverage();
stopCoverage();
process.exit();
