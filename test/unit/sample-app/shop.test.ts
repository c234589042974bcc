import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import { expectMetric, metricsInMemory, recordedPushes } from 'nestjs-prometheus-pushgateway/testing';
import { QueueDepth } from '../../../sample-app/queue/queue-depth.js';
import { ServerModule } from '../../../sample-app/server.module.js';

// As the tests of any application that uses the package: no server, whatever the environment names.
describe('the shop', () => {
  let app: INestApplication<Server>;
  let url: string;

  beforeAll(async () => {
    const testing = await metricsInMemory(Test.createTestingModule({ imports: [ServerModule] })).compile();
    app = testing.createNestApplication<INestApplication<Server>>({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  async function post(path: string, body?: object): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) });
    await response.arrayBuffer();
    return response.status;
  }

  it('counts an order with what it holds, its payment and its refund once', async () => {
    expect(await post('/orders', { type: 'book', country: 'fr', items: 3 })).toBe(201);
    expect(await post('/orders', { type: 'bok' })).toBe(400);
    await expectMetric(app, 'orders_total', { type: 'book', country: 'fr' }, 1);
    await expectMetric(app, 'basket_items', { count: 1, sum: 3 });

    await expectMetric(app, 'payments_total', { method: 'card' }, 'absent');
    expect(await post('/orders/1/payment', { method: 'card' })).toBe(201);
    expect(await post('/orders/1/payment', { method: 'card' })).toBe(409);
    expect(await post('/orders/1/refund')).toBe(201);
    await expectMetric(app, 'payments_total', { method: 'card' }, 1);
    await expectMetric(app, 'refunds_total', 1);
    const refused = {
      http_request_method: 'POST',
      http_route: '/orders',
      http_response_status_code: 400,
      error_type: '',
      url_scheme: 'http',
    };
    await expectMetric(app, 'http_server_request_duration_seconds', refused, { count: 1 });

    app.get(QueueDepth, { strict: false }).measure();
    await expectMetric(app, 'queue_depth', 1);
  });

  it('pushes payments under a job of their own', async () => {
    await app.get(MetricsService).pushAll();
    const texts = Object.fromEntries(recordedPushes(app).map(({ job, text }) => [job, text]));
    expect(Object.keys(texts).sort()).toEqual(['payments', 'shop']);
    expect(texts['payments']).toContain('\npayments_total{method="card"} 1\n');
    expect(texts['shop']).not.toContain('payments_total');
  });

  it('says how it is', async () => {
    const response = await fetch(`${url}/health`);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      info: { 'metrics-store': { status: 'up' }, pushgateways: { status: 'up' }, 'last-push': { status: 'up' } },
    });
    expect(response.status).toBe(200);
  });
});
