import { PrometheusClient } from '../../../lib/prometheus/index.js';
import { type RunningServer, startPrometheus, startPushgateway } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';

jest.setTimeout(60_000);

let server: RunningServer;
let client: PrometheusClient;
beforeAll(async () => {
  server = await startPrometheus({
    config: ({ address }) =>
      `scrape_configs: [{ job_name: self, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{ targets: ['${address}'] }] }]\n`,
  });
  client = new PrometheusClient({ host: server.address, timeoutMs: 5_000 });
  await waitFor(async () => (await client.query('count_over_time(up[1m]) > 2')).length, { message: 'some scrapes' });
});
afterAll(() => server.stop());

it('an instant query gives labels, value and time', async () => {
  const before = Date.now() / 1000;
  const samples = await client.query('up');
  expect(samples).toEqual([
    {
      metric: { __name__: 'up', job: 'self', instance: server.address },
      value: 1,
      timestamp: expect.any(Number) as number,
    },
  ]);
  expect(Math.abs((samples[0]?.timestamp ?? 0) - before)).toBeLessThan(10);
});

it('gives scalars and every kind of number', async () => {
  await expect(client.query('1.5')).resolves.toMatchObject([{ metric: {}, value: 1.5 }]);
  await expect(client.query('vector(1) / 0')).resolves.toMatchObject([{ metric: {}, value: Infinity }]);
  await expect(client.query('-vector(1) / 0')).resolves.toMatchObject([{ value: -Infinity }]);
  await expect(client.query('vector(0) / 0')).resolves.toMatchObject([{ value: Number.NaN }]);
  await expect(client.query('absent(up)')).resolves.toEqual([]);
});

it('asks for a moment, as a Date or in seconds', async () => {
  await expect(client.query('time()', { time: 1_000.5 })).resolves.toEqual([
    { metric: {}, value: 1000.5, timestamp: 1000.5 },
  ]);
  await expect(client.query('time()', { time: new Date(2_500), timeout: 1 })).resolves.toMatchObject([{ value: 2.5 }]);
  await expect(client.query('up', { time: new Date(0), timeout: '2s' })).resolves.toEqual([]);
});

it('takes a query longer than a URL', async () => {
  // Prometheus refuses headers, the URL among them, of more than 1 MB.
  await expect(client.query(`up{job!="${'x'.repeat(1_500_000)}"}`)).resolves.toMatchObject([{ value: 1 }]);
});

it('a range query gives the values over time', async () => {
  await expect(client.queryRange('time()', { start: new Date(60_000), end: 90, step: '15s' })).resolves.toEqual([
    { metric: {}, values: [60, 75, 90].map((time) => ({ timestamp: time, value: time })) },
  ]);
});

it.each([
  ['sum(', 400, 'bad_data', 'parse error'],
  ['up * on(job) group_left(x) (up or label_replace(up, "y", "1", "", ""))', 422, 'execution', 'many-to-many'],
])('says why %s is refused', async (promql, status, errorType, reason) => {
  await expect(client.query(promql)).rejects.toMatchObject({
    name: 'PrometheusResponseError',
    status,
    errorType,
    reason: expect.stringContaining(reason) as string,
    message: expect.stringContaining(
      `Prometheus ${server.url} refused the query (${status}): ${errorType}: `,
    ) as string,
  });
});

it('points to queryRange for a range, and refuses a string', async () => {
  await expect(client.query('up[1m]')).rejects.toThrow('ask with queryRange()');
  await expect(client.query('"text"')).rejects.toThrow('the answer is a string, not a number');
});

it('makes matchers that Prometheus understands', async () => {
  await expect(client.query(`up{${client.requireLabels(['job', 'instance'])}}`)).resolves.toHaveLength(1);
  await expect(client.query(`up{${client.requireLabels(['job', 'nothing'])}}`)).resolves.toEqual([]);
});

it('says that a Pushgateway is no Prometheus', async () => {
  const gateway = await startPushgateway();
  try {
    await expect(new PrometheusClient({ host: gateway.address }).query('up')).rejects.toMatchObject({
      name: 'PrometheusResponseError',
      message: expect.stringContaining(`Prometheus ${gateway.url} gave no answer of Prometheus (`) as string,
    });
  } finally {
    await gateway.stop();
  }
});

it('says that Prometheus is down', async () => {
  const other = await startPrometheus({ config: '' });
  await other.stop();
  await expect(new PrometheusClient({ host: other.address }).query('up')).rejects.toMatchObject({
    name: 'HttpConnectionError',
    reason: 'ECONNREFUSED',
  });
});
