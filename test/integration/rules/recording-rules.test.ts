import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MetricDefinition, resolveDefinition } from '../../../lib/model/index.js';
import { resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles } from '../../../lib/rules/index.js';
import { promtool } from './support.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
  const options = resolveOptions({
    prometheus: { jobs: ['shop', 'till'] },
    pushgateway: { host: ['a', 'b', 'c'], groupingLabels: { zone: 'north' } },
  });
  const definition = (type: MetricDefinition['type'], name: string) => resolveDefinition({ name, help: 'Help', type });
  const definitions = [
    definition('counter', 'orders_total'),
    definition('gauge', 'depth'),
    definition('summary', 'size'),
  ];
  const known = options.jobs.map((job) => ({ job, definitions }));
  const input = { options, strategy: 'broadcast' as const, known, replicas: [], scrapeIntervalSeconds: 15 };
  for (const { name, text } of prometheusFiles(input)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

/** Copies of one series by gateway, as promtool writes values every 15 s: `5`, `_` is no scrape, `stale` the end. */
type Copies = Record<string, string>;

interface Case {
  /** By name and labels beyond those of the group. */
  copies: Record<string, Copies>;
  /** Query and what it gives, at each step of 15 s that is named. */
  expected: { step: number; query: string; samples: [labels: string, value: number][] }[];
}

const SUCCESS = { status: 0, output: expect.stringContaining('SUCCESS') };
const GROUP = 'job="shop",instance="one",zone="north"';

/** What promtool says of a case. */
async function verdict({ copies, expected }: Case): Promise<{ status: number | null; output: string }> {
  const input = Object.entries(copies).flatMap(([series, byGateway]) => {
    const [, name, labels] = /^(\w+)(?:\{(.*)\})?$/.exec(series) as unknown as [string, string, string | undefined];
    const all = labels === undefined ? GROUP : labels.includes('job=') ? labels : `${GROUP},${labels}`;
    return Object.entries(byGateway).map(([gateway, values]) => ({
      series: `gateway:${name}{${all},gateway="${gateway}"}`,
      values,
    }));
  });
  const tests = [
    {
      interval: '15s',
      input_series: input,
      promql_expr_test: expected.map(({ step, query, samples }) => ({
        expr: query,
        eval_time: `${step * 15}s`,
        exp_samples: samples.map(([labels, value]) => ({ labels, value })),
      })),
    },
  ];
  const file = join(folder, 'case.json');
  // JSON is YAML too.
  await writeFile(file, JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
  return promtool('test', 'rules', file);
}

/** Not looked at: whether a span of time includes its first instant differs between versions of Prometheus. */
const ANY = Symbol('any');

const at = (query: string, ...values: (number | undefined | typeof ANY)[]): Case['expected'] =>
  values.flatMap((value, step) => {
    if (value === ANY) return [];
    return [{ step, query, samples: value === undefined ? [] : [[`${query}{${GROUP}}`, value] as [string, number]] }];
  });

describe('recorded from the copies of all gateways, checked by promtool:', () => {
  it('with all gateways alike, each series is there once', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 115', b: '100 115', c: '100 115' },
        push_failure_time_seconds: { a: '0 0', b: '7 7', c: '0 0' },
        orders_total: { a: '5 6', b: '5 6', c: '5 6' },
        depth: { a: '9 2', b: '9 2', c: '9 2' },
        'size{quantile="0.5"}': { a: '3 1', b: '3 1', c: '3 1' },
        size_sum: { a: '30 31', b: '30 31', c: '30 31' },
        size_count: { a: '10 11', b: '10 11', c: '10 11' },
      },
      expected: [
        ...at('orders_total', 5, 6),
        ...at('depth', 9, 2),
        ...at('size_sum', 30, 31),
        ...at('size_count', 10, 11),
        ...at('push_time_seconds', 100, 115),
        ...at('push_failure_time_seconds', 7, 7),
        { step: 1, query: 'size', samples: [[`size{${GROUP},quantile="0.5"}`, 1]] },
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('a gateway that was away comes back with old values, and is cut off from the pusher', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 stale 100 100', b: '100.4 115 130 145' },
        orders_total: { a: '5 stale 5 5', b: '5 6 7 8' },
        depth: { a: '9 stale 9 9', b: '9 2 1 0' },
      },
      expected: [...at('orders_total', 5, 6, 7, 8), ...at('depth', 9, 2, 1, 0), ...at('push_time_seconds', 100.4, 115)],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('a gateway comes back empty, and gets the next push', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 stale _ 145', b: '100 115 130 145.2' },
        orders_total: { a: '5 stale _ 8', b: '5 6 7 8' },
        depth: { a: '9 stale _ 0', b: '9 2 1 0' },
      },
      expected: [...at('orders_total', 5, 6, 7, 8), ...at('depth', 9, 2, 1, 0)],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('the only gateway that took the last push is killed before the others, back with old values, get the next one', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 115 stale', b: '100 100 100 145', c: '100 stale 100 145.2' },
        orders_total: { a: '5 7 stale', b: '5 5 5 8', c: '5 stale 5 8' },
        size_count: { a: '5 7 stale', b: '5 5 5 8', c: '5 stale 5 8' },
      },
      expected: [
        ...at('orders_total', 5, 7, 7, 8),
        ...at('size_count', 5, 7, 7, 8),
        ...at('push_time_seconds', 100, 115, 115, 145.2),
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('what is reset or removed shows so once two pushes and two scrapes have gone by, gauges at once', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100+15x6', b: '100+15x6' },
        orders_total: { a: '5 0+0x5', b: '5 5 0+0x4' },
        size_count: { a: '5 stale', b: '5 5 stale' },
        depth: { a: '9 0+0x5', b: '9 0+0x5' },
      },
      expected: [
        ...at('orders_total', 5, 5, 5, 5, 5, ANY, 0),
        ...at('size_count', 5, 5, 5, 5, 5, ANY, undefined),
        ...at('depth', 9, 0),
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('no gateway answers: gauges end, what only grows stays for a while and ends too, and all is back with the first', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 stale _ _ _ _ 190', b: '100 stale' },
        orders_total: { a: '5 stale _ _ _ _ 7', b: '5 stale' },
        depth: { a: '9 stale _ _ _ _ 1', b: '9 stale' },
      },
      expected: [
        ...at('orders_total', 5, 5, 5, 5, ANY, undefined, 7),
        ...at('depth', 9, undefined, undefined, undefined, undefined, undefined, 1),
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('what was removed and comes back, within the time for a first push, begins with 0 again; what was only not scraped goes on', async () => {
    const away = `stale ${'_ '.repeat(10)}`;
    const found = await verdict({
      copies: {
        // Both are there with one scrape: the 0 where it began, here as that of another gateway, and its first value.
        orders_total: { a: `0 5 ${away}7 7`, b: `0 5 ${away}0 7` },
        size_count: { a: `0 5 ${away}7 7`, b: `0 5 ${away}7 7` },
      },
      expected: [
        ...at('orders_total', ...Array.from({ length: 13 }, (): typeof ANY => ANY), 0, 7),
        ...at('size_count', ...Array.from({ length: 13 }, (): typeof ANY => ANY), 7, 7),
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('a clock that is ahead by less than the time between pushes harms nothing; by more, for as long as it is', async () => {
    const found = await verdict({
      copies: {
        // a is cut off from the pusher after the first push; its clock is 10 s ahead, then (c) 40 s.
        push_time_seconds: { a: '110 110', b: '100 115' },
        depth: { a: '9 9', b: '9 2' },
        'push_time_seconds{job="till",instance="one",zone="north"}': { c: '140 140 140 140', b: '100 115 130 145' },
        'depth{job="till",instance="one",zone="north"}': { c: '9 9 9 9', b: '9 2 1 0' },
        'orders_total{job="till",instance="one",zone="north"}': { c: '5 5 5 5', b: '5 6 7 8' },
      },
      expected: [
        { step: 1, query: 'depth{job="shop"}', samples: [[`depth{${GROUP}}`, 2]] },
        ...[9, 9, 9, 0].map((value, step) => ({
          step,
          query: 'depth{job="till"}',
          samples: [['depth{job="till",instance="one",zone="north"}', value] as [string, number]],
        })),
        // What only grows needs no clock.
        {
          step: 2,
          query: 'orders_total{job="till"}',
          samples: [['orders_total{job="till",instance="one",zone="north"}', 7]],
        },
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('two gateways have the push at the same instant', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 115', b: '100 115', c: '100 100' },
        depth: { a: '9 2', b: '9 2', c: '9 9' },
      },
      expected: at('depth', 9, 2),
    });
    expect(found).toEqual(SUCCESS);
  });

  it('each group has its own last push', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100', b: '90' },
        depth: { a: '1', b: '9' },
        'push_time_seconds{job="shop",instance="two",zone="north"}': { a: '100', b: '110' },
        'depth{job="shop",instance="two",zone="north"}': { a: '9', b: '2' },
      },
      expected: [
        {
          step: 0,
          query: 'depth',
          samples: [
            [`depth{${GROUP}}`, 1],
            ['depth{job="shop",instance="two",zone="north"}', 2],
          ],
        },
      ],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('a series that the last push removed is gone, whoever still has it', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100 100', b: '100 115' },
        'depth{queue="mail"}': { a: '9 9', b: '9 2' },
        'depth{queue="gone"}': { a: '7 7', b: '7 stale' },
      },
      expected: [{ step: 1, query: 'depth', samples: [[`depth{${GROUP},queue="mail"}`, 2]] }],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('a gateway that lacks a family, as it came back empty and then got an addition to the group, is not asked for it', async () => {
    const found = await verdict({
      copies: { push_time_seconds: { a: '100', b: '115' }, depth: { a: '9' }, orders_total: { a: '5', b: '6' } },
      expected: [...at('depth', 9), ...at('orders_total', 6)],
    });
    expect(found).toEqual(SUCCESS);
  });

  it('NaN is a value', async () => {
    const found = await verdict({
      copies: {
        push_time_seconds: { a: '100', b: '115' },
        depth: { a: '9', b: 'NaN' },
        'size{quantile="0.5"}': { a: 'NaN', b: 'NaN' },
        orders_total: { a: 'NaN', b: '5' },
      },
      expected: [
        // Nothing but NaN differs from itself.
        { step: 0, query: 'count(depth != depth)', samples: [['{}', 1]] },
        { step: 0, query: 'count(size != size)', samples: [['{}', 1]] },
        ...at('orders_total', 5),
      ],
    });
    expect(found).toEqual(SUCCESS);
  });
});
