import { Test } from '@nestjs/testing';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { OrdersService } from './orders.service.ts';

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
});
