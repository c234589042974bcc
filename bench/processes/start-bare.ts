/** `node start-bare.js`: milliseconds until an application of Nest alone stands, and until it is imported. */
import 'reflect-metadata';
import { report } from './report.js';

const begun = performance.now();
const [{ Module }, { NestFactory }] = await Promise.all([import('@nestjs/common'), import('@nestjs/core')]);
const importMs = performance.now() - begun;

@Module({})
class BareModule {}

const application = await NestFactory.createApplicationContext(BareModule, { logger: ['error', 'warn'] });
await application.init();
const startMs = performance.now() - begun;
await application.close();
report({ importMs, startMs });
