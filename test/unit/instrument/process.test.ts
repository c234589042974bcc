import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Instrument } from '../../../lib/instrument/instrument.js';
import { measureProcess } from '../../../lib/instrument/process/index.js';
import type { MetricFamily } from '../../../lib/model/index.js';
import type { ProcessInstrumentOptions } from '../../../lib/options/index.js';
import type { ProcessSource } from '../../../lib/push/index.js';
import { waitFor } from '../../support/wait-for.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let stop: (() => void | Promise<void>) | undefined;
afterEach(() => stop?.());

/** What the group of the process is given to push. */
async function begin(options: ProcessInstrumentOptions = {}): Promise<() => Promise<readonly MetricFamily[]>> {
  const sources: ProcessSource[] = [];
  const group = { job: 'shop', instance: 'localhost', labels: { process: 'here' } };
  const processGroup = { group, add: (source: ProcessSource) => void sources.push(source) };
  const surroundings = { processGroup } as unknown as Parameters<Instrument<object>>[1];
  stop = await measureProcess(options, surroundings);
  return () => (sources[0] as ProcessSource).read();
}

interface Described {
  readonly name: string;
  readonly type: unknown;
  readonly values?: readonly { readonly labels: object }[];
}

/** Its default metrics after a garbage collection. They cannot be ended, and so have a process of their own. */
const PROM_CLIENT = `
const { collectDefaultMetrics, register } = require('prom-client');
collectDefaultMetrics();
gc();
const look = async () => {
  const metrics = await register.getMetricsAsJSON();
  const { values } = metrics.find(({ name }) => name === 'nodejs_gc_duration_seconds');
  if (values.length === 0) setTimeout(look, 10);
  else process.stdout.write(JSON.stringify(metrics), () => process.exit());
};
void look();`;

async function metricsOfPromClient(): Promise<Described[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', PROM_CLIENT]);
  return JSON.parse(stdout) as Described[];
}

/** Names and types. */
function typesOf(families: readonly Described[]): string[] {
  return families.map(({ name, type }) => `${name} ${String(type)}`).sort();
}

/** Label names by metric. Of one without samples nobody knows them. */
function labelsOf(families: readonly Described[]): ReadonlyMap<string, string> {
  const named = families.map(({ name, values = [] }) => {
    const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
    return [name, [...labels].sort().join()] as const;
  });
  return new Map(named.filter((_, at) => (families[at]?.values ?? []).length > 0));
}

function valueOf(families: readonly MetricFamily[], metricName: string, labels = {}): number | undefined {
  const samples = families.flatMap(({ values }) => values).filter((sample) => sample.metricName === metricName);
  return samples.find((sample) => Object.entries(labels).every(([label, text]) => sample.labels[label] === text))
    ?.value;
}

async function gcCount(read: () => Promise<readonly MetricFamily[]>): Promise<number> {
  return valueOf(await read(), 'nodejs_gc_duration_seconds_count', { kind: 'major' }) ?? 0;
}

describe('the metrics of a process', () => {
  it('have the names, types and labels that prom-client gives them, and the utilisation of the event loop', async () => {
    const read = await begin();
    collectGarbage();
    await waitFor(async () => (await gcCount(read)) > 0, { message: 'a garbage collection to be seen' });
    const theirs = await metricsOfPromClient();
    const ours = await read();
    expect(typesOf(ours)).toEqual([...typesOf(theirs), 'nodejs_eventloop_utilization gauge'].sort());
    const known = labelsOf(theirs);
    const both = [...labelsOf(ours)].filter(([name]) => known.has(name));
    expect(both.length).toBeGreaterThan(25);
    expect(both).toEqual(both.map(([name]) => [name, known.get(name)]));
  });

  it('count every garbage collection', async () => {
    const read = await begin();
    const before = await gcCount(read);
    for (let at = 0; at < 5; at += 1) collectGarbage();
    await waitFor(async () => (await gcCount(read)) >= before + 5, { message: 'five garbage collections' });
    const families = await read();
    const count = valueOf(families, 'nodejs_gc_duration_seconds_count', { kind: 'major' });
    expect(valueOf(families, 'nodejs_gc_duration_seconds_bucket', { kind: 'major', le: '+Inf' })).toBe(count);
    expect(valueOf(families, 'nodejs_gc_duration_seconds_sum', { kind: 'major' })).toBeGreaterThan(0);
  });

  it('show that the event loop was blocked, until they are read', async () => {
    const read = await begin();
    const highest = async (): Promise<number> => valueOf(await read(), 'nodejs_eventloop_lag_max_seconds') ?? 0;
    // A delay is seen from the first turn of Node's timer on.
    const seen = async (): Promise<boolean> => {
      const until = performance.now() + 200;
      while (performance.now() < until);
      return (await highest()) > 0.15;
    };
    await waitFor(seen, { message: 'the blocked time to be seen' });
    await waitFor(async () => (await highest()) < 0.15, { message: 'it to be forgotten' });
  });

  it('are what Node says', async () => {
    const read = await begin();
    await read();
    const families = await read();
    const cpu = process.cpuUsage();
    expect(valueOf(families, 'process_cpu_seconds_total')).toBeCloseTo((cpu.user + cpu.system) / 1e6, 0);
    expect(valueOf(families, 'process_start_time_seconds')).toBeCloseTo(Date.now() / 1_000 - process.uptime(), -1);
    expect(valueOf(families, 'nodejs_version_info', { version: process.version })).toBe(1);
    const utilization = valueOf(families, 'nodejs_eventloop_utilization');
    expect(utilization).toBeGreaterThanOrEqual(0);
    expect(utilization).toBeLessThanOrEqual(1);
  });

  it('take a prefix and further labels', async () => {
    const families = await (await begin({ prefix: 'shop_', labels: { region: 'eu', zone: 2 } }))();
    expect(families.every(({ name }) => name.startsWith('shop_'))).toBe(true);
    const samples = families.flatMap(({ values }) => values);
    expect(samples.every(({ labels, metricName }) => labels['region'] === 'eu' && metricName.startsWith('shop_'))).toBe(
      true,
    );
    expect(valueOf(families, 'shop_nodejs_version_info', { zone: '2', version: process.version })).toBe(1);
  });

  it.each([
    ['type', 'a metric'],
    ['process', 'the group'],
    ['job', 'the group'],
  ])('refuse the label %s', async (label, whose) => {
    await expect((async () => begin({ labels: { [label]: 'x' } }))()).rejects.toThrow(
      `instrument.process.labels: expected no "${label}", which ${whose} of the process has`,
    );
  });
});
