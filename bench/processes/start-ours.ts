/**
 * `node start-ours.js`: the same as start-bare.js with our module, all defaults. Nothing listens where it thinks that Redis
 * is, and nothing is counted.
 */
import 'reflect-metadata';
import { report } from './report.js';

const begun = performance.now();
const [{ Module }, { NestFactory }] = await Promise.all([import('@nestjs/common'), import('@nestjs/core')]);
const { PrometheusPushgatewayModule } = await import('nestjs-prometheus-pushgateway');
const importMs = performance.now() - begun;

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['bench'] }, pushgateway: { redis: '127.0.0.1:1' } }),
  ],
})
class OurModule {}

const application = await NestFactory.createApplicationContext(OurModule, { logger: ['error', 'warn'] });
await application.init();
const startMs = performance.now() - begun;
await application.close();
report({ importMs, startMs });
