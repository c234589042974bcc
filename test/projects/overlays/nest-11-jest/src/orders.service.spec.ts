import { Test } from '@nestjs/testing';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import {
  expectMetric,
  metricsInMemory,
  PrometheusPushgatewayTestingModule,
  recordedPushes,
} from 'nestjs-prometheus-pushgateway/testing';
import { AppModule } from './app.module';
import { OrdersService } from './orders.service';

describe('OrdersService', () => {
  it('counts with a mock of the service', async () => {
    const inc = jest.fn();
    const mock = { provide: MetricsService, useValue: { counter: () => ({ inc }) } };
    const testing = await Test.createTestingModule({ providers: [OrdersService, mock] }).compile();
    testing.get(OrdersService).place();
    expect(inc).toHaveBeenCalledTimes(1);
  });

  it('counts with the real service', async () => {
    const pushgateway = PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['orders'] },
      pushgateway: { redis: process.env.REDIS ?? 'memory' },
      autoPush: false,
    });
    const testing = await Test.createTestingModule({ imports: [pushgateway], providers: [OrdersService] }).compile();
    await testing.get(MetricsService).clear();
    testing.get(OrdersService).place();
    expect(await testing.get(MetricsService).text()).toContain('orders_total 1');
    await testing.close();
  });

  it('counts, as the testing kit sees it', async () => {
    const imports = [PrometheusPushgatewayTestingModule.forRoot()];
    const testing = await Test.createTestingModule({ imports, providers: [OrdersService] }).compile();
    testing.get(OrdersService).place();
    await expectMetric(testing, 'orders_total', 1);
    await expect(expectMetric(testing, 'orders_total', 2)).rejects.toThrow('Expected orders_total to be 2, got 1');
    await testing.close();
  });

  it('counts in the whole application, which needs no server', async () => {
    const testing = await metricsInMemory(Test.createTestingModule({ imports: [AppModule] })).compile();
    const app = await testing.init();
    await expectMetric(app, 'starts_total', { version: '1.0' }, 1);
    await app.get(MetricsService).push();
    expect(recordedPushes(app).map(({ text }) => text)).toEqual([
      expect.stringContaining('starts_total{version="1.0"} 1'),
    ]);
    await app.close();
  });
});
