/** `node command-bare.js`: a process in which an application of Nest alone starts and ends. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { reportAtEnd } from './report-at-end.js';

reportAtEnd();

@Module({})
class BareModule {}

const application = await NestFactory.createApplicationContext(BareModule, { logger: ['error'] });
await application.init();
await application.close();
