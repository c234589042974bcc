// As in a project that `nest new` makes with Nest 11: Jest as CommonJS, without an option for any package.
const { Test } = require('@nestjs/testing');
const { MetricsService, PrometheusPushgatewayModule } = require('nestjs-prometheus-pushgateway');
const { OrdersService } = require('./orders.service.js');

it('counts with a mock of the service', async () => {
  const inc = jest.fn();
  const mock = { provide: MetricsService, useValue: { counter: () => ({ inc }) } };
  const app = await Test.createTestingModule({ providers: [OrdersService, mock] }).compile();
  app.get(OrdersService).place();
  expect(inc).toHaveBeenCalledTimes(1);
});

it.each(['memory', process.env.REDIS])('counts with the real service, redis: %p', async (redis) => {
  const pushgateway = PrometheusPushgatewayModule.forRoot({
    prometheus: { jobs: ['orders'] },
    pushgateway: { redis, host: process.env.GATEWAY },
    autoPush: { cron: '0 0 1 1 *' },
  });
  const app = await Test.createTestingModule({ imports: [pushgateway], providers: [OrdersService] }).compile();
  await app.init();
  app.get(OrdersService).place();
  expect(await app.get(MetricsService).push()).toMatchObject({ outcome: 'pushed', series: 1 });
  await app.close();
});
