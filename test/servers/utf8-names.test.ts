import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { PushgatewayClient } from 'nestjs-prometheus-pushgateway';
import type { Finding } from '../../lib/doctor/index.js';
import { isUtf8Name, selectorOf } from '../../lib/model/index.js';
import { type App, optionsFor, startApp } from '../integration/app.js';
import { generated, promtool } from '../integration/rules/support.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const FLAG = '--push.enable-utf8-names';

let redis: RunningServer;
let gateway: RunningServer;
let prometheus: RunningServer;
const started: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway({ args: [FLAG] })]);
  prometheus = await startPrometheus({ config: scrapeConfig([gateway.address]) });
});
afterEach(() => Promise.all(started.splice(0).map((stop) => stop())));
afterAll(() => Promise.all([redis, gateway, prometheus].map((server) => server.stop())));

const optionsWith = (pushgateway: object = {}, jobs?: string[]) => {
  const options = optionsFor({ redis, gateway, prometheus }, jobs);
  return { ...options, pushgateway: { ...options.pushgateway, utf8Names: true, ...pushgateway } };
};

async function appWith(pushgateway?: object, jobs?: string[]): Promise<App> {
  const app = await startApp(optionsWith(pushgateway, jobs));
  started.push(() => app.close());
  return app;
}

/** The lines of a job on the gateway's page, under their names as they are, without those that the gateway adds. */
async function linesOf(job: string): Promise<string[]> {
  const accept = 'text/plain;version=0.0.4;escaping=allow-utf-8';
  const page = await (await fetch(`${gateway.url}/metrics`, { headers: { accept } })).text();
  const own = page.split('\n').filter((line) => line.includes(`job="${job}"`) && !/^push_\w*time_seconds\{/.test(line));
  return own.map((line) => line.replace(`job="${job}"`, 'job=""'));
}

const SIGNS = ['a', 'Z', '0', '_', ':', '.', '#', '{', '}', '%', '"', '\\', '\n', '\r', ' ', ',', '=', 'é', '\u0001'];
const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...SIGNS), minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed()),
);
const anyName = anyText.filter(isUtf8Name);
const metric = fc.record({
  name: anyName,
  labels: fc.uniqueArray(
    fc.tuple(
      anyName.filter((name) => !/^(__|job$|instance$|le$|quantile$)/.test(name)),
      anyText,
    ),
    { selector: ([name]) => name, maxLength: 3 },
  ),
  type: fc.constantFrom('counter', 'gauge', 'histogram', 'summary'),
});

it('any names and labels are on the page, the same as text and as protobuf, and in Prometheus', async () => {
  let names = 0;
  const property = fc.asyncProperty(fc.array(metric, { minLength: 1, maxLength: 10 }), async (all) => {
    const text = await appWith({ format: 'text' });
    const messages = await appWith({ format: 'protobuf' });
    const found: [name: string, value: number][] = [];
    for (const { name: any, labels, type } of all) {
      names += 1;
      // A gateway keeps the type of a name as long as any group has it.
      const name = `${any} ${names}`;
      const values = Object.fromEntries(labels);
      const definition = { name, help: any, labelNames: labels.map(([label]) => label) };
      for (const { metrics } of [text, messages]) {
        if (type === 'counter') metrics.counter(definition).inc(values, names);
        else if (type === 'gauge') metrics.gauge(definition).set(values, names);
        else if (type === 'histogram') metrics.histogram({ ...definition, buckets: [1, 2] }).observe(values, names);
        else metrics.summary({ ...definition, quantiles: [0.5] }).observe(values, names);
      }
      found.push(type === 'histogram' || type === 'summary' ? [`${name}_sum`, names] : [name, names]);
    }
    expect(await text.metrics.push()).toMatchObject({ outcome: 'pushed' });
    expect(await messages.metrics.push()).toMatchObject({ outcome: 'pushed' });
    const lines = await linesOf(text.job);
    expect(lines.length).toBeGreaterThanOrEqual(all.length);
    expect(await linesOf(messages.job)).toEqual(lines);
    for (const [name, value] of found) {
      const sample = await waitFor(
        async () => (await messages.prometheus.query(selectorOf(name, `job="${messages.job}"`)))[0],
      );
      expect(sample).toMatchObject({ value, metric: { __name__: name } });
    }
    await Promise.all([text.metrics.delete(), messages.metrics.delete()]);
  });
  await fc.assert(property, { numRuns: 6 });
});

it('a counter goes on from what Prometheus saw of it', async () => {
  const own = await startRedis();
  started.push(() => own.stop());
  const definition = { name: 'orders.total', help: 'Orders', labelNames: ['http.route'], prefetch: true } as const;
  const first = await appWith({ redis: own.address });
  first.metrics.counter(definition).inc({ 'http.route': '/a"b' }, 5);
  await waitFor(async () => (await first.metrics.push()).outcome === 'pushed');
  await waitFor(
    async () => (await first.prometheus.query(selectorOf('orders.total', `job="${first.job}"`)))[0]?.value === 5,
  );
  const another = await startRedis();
  started.push(() => another.stop());
  const second = await appWith({ redis: another.address }, [first.job]);
  const counter = second.metrics.counter({ ...definition, prefetchGroupLabel: 'http.route' });
  counter.inc({ 'http.route': '/a"b' });
  await waitFor(async () => {
    const { reason } = await second.metrics.push();
    return reason === undefined;
  });
  expect((await counter.get()).values).toMatchObject([{ labels: { 'http.route': '/a"b' }, value: 6 }]);
});

it('grouping labels have any name, on the gateway and for doctor', async () => {
  const groupingLabels = { 'service.name': 'shop', 'a/b@base64': 'x/y' };
  const app = await appWith({ groupingLabels });
  app.metrics.counter({ name: 'orders.total', help: 'Orders' }).inc(7);
  expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
  const found = await waitFor(
    async () => (await app.prometheus.query(selectorOf('orders.total', `job="${app.job}"`)))[0],
  );
  expect(found).toMatchObject({ value: 7, metric: groupingLabels });
  const client = new PushgatewayClient({ host: gateway.address });
  const groupOf = async () => (await client.contents()).groups.find(({ labels }) => labels['job'] === app.job)?.labels;
  expect(await groupOf()).toEqual({ job: app.job, instance: 'test', ...groupingLabels });
  const { stdout } = await runNode('test/support/processes/command.js', ['doctor', '--json'], {
    OPTIONS: JSON.stringify(app.options),
  }).done;
  const findings = JSON.parse(stdout) as Finding[];
  expect(findings.filter(({ check }) => check.endsWith('.names')).map(({ severity }) => severity)).toEqual([
    'ok',
    'ok',
  ]);
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'gateway.start-times', finding: 'shows when 1 of 1 series began' }),
  );
  await app.metrics.delete();
  expect(await groupOf()).toBeUndefined();
});

it('a gateway that runs without the flag gets nothing, and doctor names the flag', async () => {
  const without = await startPushgateway();
  started.push(() => without.stop());
  const app = await appWith({ host: without.address });
  app.metrics.counter({ name: 'orders.total', help: 'Orders' }).inc(7);
  expect(await app.metrics.push()).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining(`start it with ${FLAG}`),
  });
  const { stdout } = await runNode('test/support/processes/command.js', ['doctor', '--json'], {
    OPTIONS: JSON.stringify(app.options),
  }).done;
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({
      check: 'gateway.names',
      severity: 'error',
      fix: `Start it with ${FLAG}, or take pushgateway.utf8Names out`,
    }),
  );
});

it('promtool takes the rules for broadcast', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'utf8-'));
  started.push(() => rm(folder, { recursive: true }));
  const app = await appWith({ host: [gateway.address, prometheus.address], groupingLabels: { 'a.b': 'x' } });
  app.metrics
    .counter({ name: 'orders."total"\n', help: 'Orders', labelNames: ['http.route'] })
    .inc({ 'http.route': '/' });
  app.metrics.gauge({ name: 'dépth', help: 'Depth' }).set(1);
  app.metrics.histogram({ name: 'http.seconds', help: 'Seconds', buckets: [1] }).observe(1);
  await app.metrics.flush();
  const { 'rules.yml': rules = '' } = await generated(app.options, ['--strategy', 'broadcast']);
  const file = join(folder, 'rules.yml');
  await writeFile(file, rules);
  expect(promtool('check', 'rules', file)).toMatchObject({
    status: 0,
    output: expect.stringContaining('SUCCESS: 7 rules found'),
  });
});
