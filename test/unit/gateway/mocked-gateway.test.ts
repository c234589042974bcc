import nock from 'nock';
import { gunzipSync } from 'node:zlib';
import { PushgatewayClient } from '../../../lib/gateway/index.js';
import { failureOf } from '../http/support.js';

// A user's tests with nock in the place of a gateway; msw's sockets are the same.
const KEY = { job: 'shop', instance: 'localhost' };
const TEXT = '# TYPE orders_total counter\norders_total 3\n';
const HOST = 'http://pushgateway.example:9091';

beforeAll(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

it('gets the text, though it never asks for it', async () => {
  const bodies: string[] = [];
  nock(HOST)
    .put('/metrics/job/shop/instance/localhost', (body: string) => bodies.push(body) > 0)
    .reply(202);
  await new PushgatewayClient({ host: HOST }).push(KEY, TEXT);
  expect(bodies.map((body) => gunzipSync(Buffer.from(body, 'hex')).toString())).toEqual([TEXT]);
});

it('has its refusals read', async () => {
  nock(HOST).put(/.*/).reply(400, 'text format parsing error');
  expect((await failureOf(new PushgatewayClient({ host: HOST }).push(KEY, TEXT))).message).toContain('parsing error');
});

it('is named where it has no answer', async () => {
  const failure = await failureOf(new PushgatewayClient({ host: HOST }).locate(KEY));
  expect(failure.message).toMatch(/unreachable: Nock: /);
});
