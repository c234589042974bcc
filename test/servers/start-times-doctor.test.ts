import type { Finding } from '../../lib/doctor/index.js';
import { type App, optionsFor, startApp } from '../integration/app.js';
import { rawSamples } from '../support/raw-samples.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const FEATURE = '--enable-feature=created-timestamp-zero-ingestion';

let redis: RunningServer;
let gateway: RunningServer;
let app: App;
const servers: RunningServer[] = [];
async function started(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

beforeAll(async () => {
  [redis, gateway] = await Promise.all([started(startRedis()), started(startPushgateway())]);
});
afterEach(() => app.close());
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** What doctor says of start times, once this Prometheus has scraped a counter that began while it ran. */
async function found(args: string[], config = scrapeConfig([gateway.address]), announceForMs = 0): Promise<Finding[]> {
  const prometheus = await started(startPrometheus({ config, args }));
  const options = optionsFor({ redis, gateway, prometheus });
  app = await startApp(options);
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(7);
  await app.metrics.push();
  await waitFor(async () => (await rawSamples(prometheus, `orders_total{job="${app.job}"}`)).includes(7));
  const { stdout } = await runNode('test/support/processes/command.js', ['doctor', '--json'], {
    OPTIONS: JSON.stringify({ ...options, announceForMs }),
  }).done;
  const findings = JSON.parse(stdout) as Finding[];
  return findings.filter(({ check }) => /start-times|announcing/.test(check));
}

it('doctor finds them stored, and announcing needless', async () => {
  expect(await found([FEATURE], undefined, 5_000)).toMatchObject([
    { check: 'gateway.start-times', severity: 'ok', finding: 'shows when 1 of 1 series began' },
    { check: 'prometheus.start-times', severity: 'ok', finding: 'stores when series began (seen of orders_total)' },
    { check: 'announcing', severity: 'hint' },
  ]);
});

it('doctor says which flag is missing', async () => {
  expect(await found(['--enable-feature=exemplar-storage'])).toMatchObject([
    { check: 'gateway.start-times', severity: 'ok' },
    {
      check: 'prometheus.start-times',
      severity: 'hint',
      finding: expect.stringMatching(/^version \d+\.\d+\S* does not store when series began$/),
      fix: `Start it with --enable-feature=exemplar-storage,${FEATURE.split('=')[1] as string}, or set announceForMs`,
    },
  ]);
});

it.each([
  [
    'the scrape job',
    (text: string) => text.replace('honor_labels', 'scrape_protocols: [PrometheusText0.0.4]\n    honor_labels'),
  ],
  [
    'all scrape jobs',
    (text: string) => text.replace('global:', 'global:\n  scrape_protocols: [PrometheusText0.0.4, PrometheusProto]'),
  ],
])('doctor says that text is asked for by %s', async (_, changed) => {
  expect(await found([FEATURE], changed(scrapeConfig([gateway.address])))).toMatchObject([
    { check: 'gateway.start-times', severity: 'ok' },
    {
      check: 'prometheus.start-times',
      severity: 'warning',
      finding: expect.stringContaining('does not ask for it (scrape job pushgateway)'),
      fix: expect.stringContaining('Put PrometheusProto first into scrape_protocols'),
    },
  ]);
});
