import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusPushgatewayModule, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';

const load = jest.fn(() => {
  throw new Error("Cannot find module '@opentelemetry/api'");
});
jest.mock('@opentelemetry/api', () => load());

async function start(exemplars?: 'active-span'): Promise<void> {
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { jobs: ['shop'] },
    pushgateway: { redis: 'memory' },
    autoPush: false,
    ...(exemplars && { exemplars }),
  };
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class AppModule {}
  await (await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })).close();
}

it("an application without @opentelemetry/api is refused exemplars: 'active-span' at start, and starts without", async () => {
  await start();
  expect(load).not.toHaveBeenCalled();
  await expect(start('active-span')).rejects.toMatchObject({
    code: 'ERR_CONFIGURATION',
    message:
      "exemplars: 'active-span' needs the package @opentelemetry/api (npm install @opentelemetry/api), which cannot be loaded",
  });
  expect(load).toHaveBeenCalledTimes(1);
});
