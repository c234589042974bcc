import { resolveDefinition } from '../../../lib/model/index.js';
import { knownSeries } from '../../../lib/prometheus/series-in-prometheus.js';

it("looks for this environment's series only", async () => {
  const asked: string[] = [];
  const series = (selector: string): Promise<Record<string, string>[]> => {
    asked.push(selector);
    return Promise.resolve([{ type: 'blue', env: 'staging' }]);
  };
  const known = knownSeries({ address: 'http://prometheus:9090', series }, { env: 'staging' });
  const orders = resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter', labelNames: ['type'] });
  const group = { job: 'shop', instance: 'one', labels: {} };
  expect([...(await known.among(group, orders))]).toEqual(['type="blue"']);
  const seconds = resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', native: {} });
  expect([...(await known.among(group, seconds))]).toEqual(['']);
  expect(asked).toEqual([
    'orders_total{job="shop",instance="one",env="staging"}',
    '{__name__=~"seconds|seconds_count",job="shop",instance="one",env="staging"}',
  ]);
});
