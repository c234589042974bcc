import { PrometheusClient, PushgatewayClient } from 'nestjs-prometheus-pushgateway';
import { formatFamilies, formatMessages } from '../../../lib/exposition/index.js';
import { type FamilyChunk, NativeCounts, resolveDefinition } from '../../../lib/model/index.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles } from '../../../lib/rules/index.js';
import { type RunningServer, startPrometheus, startPushgateway } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';

const definition = resolveDefinition({ name: 'seconds', help: 'x', type: 'histogram', native: {} });
const servers: RunningServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

async function push(gateway: RunningServer, observations: number): Promise<void> {
  const counts = new NativeCounts(3, 160);
  for (let at = 1; at <= observations; at += 1) counts.observe(at, 0);
  const value = { counts: [observations], sum: 1, native: counts.value };
  const families: FamilyChunk[] = [{ definition, chunk: [{ labels: '', value }] }];
  async function* readings() {
    yield await Promise.resolve(families);
  }
  async function* pieces<Piece>(chunks: AsyncIterable<{ piece: Piece }>) {
    for await (const { piece } of chunks) yield piece;
  }
  await new PushgatewayClient({ host: gateway.address }).push(
    { job: 'shop' },
    { text: () => pieces(formatFamilies(readings(), 0)), protobuf: () => pieces(formatMessages(readings(), 0)) },
  );
}

it('broadcast: a native histogram is recorded as the copy that has counted most', async () => {
  const gateways = [await startPushgateway(), await startPushgateway()] as const;
  servers.push(...gateways);
  const options = resolveOptions({
    prometheus: { jobs: ['shop'] },
    pushgateway: { host: gateways.map(({ address }) => address) },
    autoPush: { everyMs: 500 },
  });
  const known = [{ job: 'shop', definitions: [definition] }];
  const input = { options, strategy: 'broadcast' as const, known, replicas: [], scrapeIntervalSeconds: 0.2 };
  const rules = prometheusFiles(input).find(({ name }) => name === 'rules.yml')?.text ?? '';
  const targets = gateways.map(({ address }) => ({ targets: [address], labels: { gateway: address } }));
  const config = JSON.stringify({
    global: { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      {
        job_name: 'pushgateway',
        honor_labels: true,
        static_configs: targets,
        metric_relabel_configs: [{ source_labels: ['__name__'], target_label: '__name__', replacement: 'gateway:$1' }],
      },
    ],
  });
  const prometheus = await startPrometheus({
    config,
    files: { 'rules.yml': rules },
    args: ['--enable-feature=native-histograms'],
  });
  servers.push(prometheus);
  const client = new PrometheusClient({ host: prometheus.address });
  const recorded = async (count: number) =>
    waitFor(
      async () => {
        const found = await client.query('histogram_count(seconds)');
        return found[0]?.value === count ? found : undefined;
      },
      { message: `${count} observations` },
    );
  await Promise.all(gateways.map((gateway) => push(gateway, 3)));
  expect((await recorded(3)).map(({ metric }) => metric)).toEqual([{ job: 'shop' }]);
  await push(gateways[0], 7);
  await recorded(7);
  await push(gateways[1], 9);
  expect(await recorded(9)).toHaveLength(1);
  const copies = await client.query('histogram_count(gateway:seconds)');
  expect(copies.map(({ value }) => value).sort()).toEqual([7, 9]);
  const [quantile] = await client.query('histogram_quantile(1, seconds)');
  expect(quantile?.value).toBeGreaterThan(8.2);
  expect(quantile?.value).toBeLessThan(9.9);
});
