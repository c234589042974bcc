import { runNode } from '../support/run-node.js';
import { type RunningServer, startPrometheus } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

let prometheus: RunningServer;
beforeAll(async () => {
  prometheus = await startPrometheus({
    config: ({ address }) =>
      `scrape_configs: [{ job_name: itself, scrape_interval: 200ms, static_configs: [{ targets: ['${address}'] }] }]`,
  });
});
afterAll(() => prometheus.stop());

const query = (...args: string[]) =>
  runNode('test/support/processes/command.js', ['query', ...args], {
    OPTIONS: JSON.stringify({
      prometheus: { host: prometheus.address, jobs: ['shop'] },
      pushgateway: { redis: '127.0.0.1:9' },
      autoPush: false,
    }),
  }).done;

it('shows an answer as a table, or as JSON', async () => {
  await waitFor(async () => (await query('count(up)')).stdout === 'VALUE\n    1\n', { message: 'a scrape' });
  const expression =
    'label_replace(vector(1), "type", "blue", "", "") or label_replace(vector(2.5), "type", "red", "", "")';
  expect(await query(expression)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: 'TYPE  VALUE\nblue      1\nred     2.5\n',
  });
  expect(JSON.parse((await query('scalar(vector(Inf))', '--json')).stdout)).toEqual([
    { labels: {}, value: '+Inf', timestamp: expect.any(Number) as number },
  ]);
});

it('shows a range as a sparkline', async () => {
  const { code, stdout } = await query('vector(time() > bool 0) * 7', '--range', '30s', '--step', '5s');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'LOWEST  HIGHEST  LAST  EACH 5 S\n     7        7     7  ▁▁▁▁▁▁▁\n',
  });
});

it('says in one line what is wrong with an expression, or with the server', async () => {
  const wrong = await query('sum(');
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toMatch(/^query: Prometheus http:\S+ refused the query \(400\): bad_data: .*\n$/);
  const range = await query('up[5m]');
  expect(range).toMatchObject({ code: 1, stdout: '' });
  expect(range.stderr).toMatch(/^query: up\[5m\] is a range of values for each series: .* add --range\n$/);
});
