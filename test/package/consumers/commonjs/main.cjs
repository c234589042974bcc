// An application in CommonJS: Node's `require` takes the package, an ES module, as it takes any other.
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  ConfigurationError,
  MetricsService,
  PrometheusPushgatewayError,
  PrometheusPushgatewayModule,
  UnknownJobError,
} = require('nestjs-prometheus-pushgateway');

class AppModule {}
Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'], instance: 'commonjs' },
      pushgateway: { redis: 'memory' },
      autoPush: { everyMs: 60_000 },
      pushOnShutdown: false,
    }),
  ],
})(AppModule);

async function main() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
  const metrics = app.get(MetricsService);
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type'] });
  orders.inc({ type: 'blue' });
  orders.labels('blue').inc(2);

  const refusal = await metrics.text('no-such-job').catch((error) => error);
  console.log(
    JSON.stringify({
      text: await metrics.text(),
      refusal: refusal.code,
      isOurs: refusal instanceof UnknownJobError && refusal instanceof PrometheusPushgatewayError,
      isOther: refusal instanceof ConfigurationError,
    }),
  );
  await app.close();
}

main();
