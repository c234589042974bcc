import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  BatchJob,
  Counted,
  getMetricsServiceToken,
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

class Work {
  @Counted({ name: 'work_total', help: 'Work' })
  do(): void {
    // Nothing is left to do.
  }

  @BatchJob({ name: 'nightly' })
  run(): void {
    // As above.
  }
}

const inMemory = (job: string): PrometheusPushgatewayModuleOptions => ({
  prometheus: { jobs: [job] },
  pushgateway: { redis: 'memory' },
  autoPush: false,
});
const shop = PrometheusPushgatewayModule.forRoot(inMemory('shop'));
const billing = PrometheusPushgatewayModule.forRoot({ ...inMemory('billing'), name: 'billing' });

it.each([
  ['last', [shop, billing]],
  ['first', [billing, shop]],
])(
  'of several modules, the named one %s, decorated methods and batch jobs count in the one without a name',
  async (_, imports) => {
    @Module({ imports })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    new Work().do();
    const ours = await app.get(MetricsService).text('shop');
    const others = await app.get<MetricsService>(getMetricsServiceToken('billing')).text('billing');
    await app.close();
    expect(ours).toMatch(/^work_total{.*} 1$/m);
    // Elsewhere it would stand as a job that has never succeeded.
    expect(ours).toContain('batch_job_runs_total{batch_job="nightly",outcome="success"} 0');
    expect(others).toBe('');
  },
);

it('where all have names they count in one of them', async () => {
  @Module({ imports: [billing] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  new Work().do();
  const text = await app.get<MetricsService>(getMetricsServiceToken('billing')).text('billing');
  await app.close();
  expect(text).toMatch(/^work_total{.*} 1$/m);
});
