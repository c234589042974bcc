import { loadCronFor, type PrometheusPushgatewayModuleOptions } from '../../../lib/options/index.js';
import type { PrometheusFilesInput } from '../../../lib/rules/index.js';
import { resolveDefinition } from '../../../lib/model/index.js';
import { filesOf, metric, rulesOf } from './support.js';

beforeAll(() => loadCronFor({ autoPush: { cron: '* * * * *' } }));

const pushgateway = { host: ['a:9091', 'b:9091'] };

const recorded = (
  known: PrometheusFilesInput['known'],
  options: Partial<PrometheusPushgatewayModuleOptions> = {},
): Record<string, string> =>
  Object.fromEntries(
    rulesOf({ pushgateway, ...options }, { strategy: 'broadcast', known }).map(({ record, expr }) => [record, expr]),
  );

/** What begins at 0. `matcher` as the rules have it. */
const grown = (name: string, matcher = 'job="shop"', window = '60s', start = '300s') =>
  `(min without (gateway) (min_over_time(gateway:${name}{${matcher}}[${start}])) == 0)
unless max_over_time(${name}{${matcher}}[${start}])
or (min without (gateway) (min_over_time(gateway:${name}{${matcher}}[${window}])) == 0)
unless max_over_time(${name}{${matcher}}[${window}])
or max without (gateway) (max_over_time(gateway:${name}{${matcher}}[${window}]))`;

describe('recording rules', () => {
  it('take the largest value of all copies, of late, of what only grows', () => {
    const definitions = [metric('counter', 'c_total'), metric('histogram', 'h')];
    expect(recorded([{ job: 'shop', definitions }])).toEqual({
      push_time_seconds: 'max without (gateway) (max_over_time(gateway:push_time_seconds{job="shop"}[60s]))',
      push_failure_time_seconds:
        'max without (gateway) (max_over_time(gateway:push_failure_time_seconds{job="shop"}[60s]))',
      c_total: grown('c_total'),
      h_bucket: grown('h_bucket'),
      h_sum: grown('h_sum'),
      h_count: grown('h_count'),
    });
  });

  it('put names in UTF-8 between quotes', () => {
    const named = (type: 'counter' | 'gauge', name: string) =>
      resolveDefinition({ name, help: 'Help', type }, { utf8Names: true });
    const definitions = [named('counter', 'c.to"tal'), named('gauge', 'ö')];
    const options = { pushgateway: { ...pushgateway, utf8Names: true, groupingLabels: { 'a.b': 'x' } } };
    const rules = recorded([{ job: 'shop', definitions }], options);
    expect(rules['c.to"tal'])
      .toBe(`(min without (gateway) (min_over_time({"gateway:c.to\\"tal",job="shop"}[300s])) == 0)
unless max_over_time({"c.to\\"tal",job="shop"}[300s])
or (min without (gateway) (min_over_time({"gateway:c.to\\"tal",job="shop"}[60s])) == 0)
unless max_over_time({"c.to\\"tal",job="shop"}[60s])
or max without (gateway) (max_over_time({"gateway:c.to\\"tal",job="shop"}[60s]))`);
    expect(rules['ö']).toBe(`max without (gateway) (
  {"gateway:ö",job="shop"}
  and on (job, instance, "a.b", gateway)
  topk by (job, instance, "a.b") (1,
    max by (job, instance, "a.b", gateway) (gateway:push_time_seconds{job="shop"})
    and on (job, instance, "a.b", gateway) {"gateway:ö",job="shop"}
  )
)`);
  });

  it('take the copy of a native histogram that has counted most, beside what text shows of it', () => {
    const native = { ...metric('histogram', 'h'), native: { schema: 3, maxBuckets: 160, zeroThreshold: 0 } };
    const rules = recorded([{ job: 'shop', definitions: [native] }]);
    expect(Object.keys(rules).slice(2)).toEqual(['h_bucket', 'h_sum', 'h_count', 'h']);
    expect(rules['h']).toBe(`sum without (gateway) (
  (gateway:h{job="shop"} or last_over_time(gateway:h{job="shop"}[60s]))
  and
  topk without (gateway) (1, histogram_count(gateway:h{job="shop"} or last_over_time(gateway:h{job="shop"}[60s])))
)`);
  });

  it.each<[string, PrometheusPushgatewayModuleOptions['autoPush'], number, string, string]>([
    ['5 s and 2.5 s', { everyMs: 5_000 }, 2.5, '15s', '300s'],
    ['100 ms and 150 ms', { everyMs: 100 }, 0.15, '500ms', '300s'],
    ['5 minutes, of a cron expression, and 15 s', { cron: '*/5 * * * *' }, 15, '630s', '630s'],
    ['a minute, of pushes of the application itself, and 15 s', false, 15, '150s', '300s'],
  ])(
    'look back two pushes and two scrapes: of %s; for a start further',
    (_, autoPush, scrapeIntervalSeconds, window, start) => {
      const known = [{ job: 'shop', definitions: [metric('counter', 'c_total')] }];
      const input = [
        { pushgateway, ...(autoPush !== undefined && { autoPush }) },
        { strategy: 'broadcast', known, scrapeIntervalSeconds },
      ] as const;
      expect(rulesOf(...input).map(({ expr }) => [...expr.matchAll(/\[(.*)\]/g)].map(([, each]) => each))).toEqual([
        [window],
        [window],
        start === window ? [window, window, window] : [start, start, window, window, window],
      ]);
      expect(filesOf(...input)['rules.yml']).toContain(`# goes, ${window} after Prometheus`);
    },
  );

  it('take the last copy of gauges and quantiles, by all labels of a group', () => {
    const definitions = [metric('gauge', 'depth'), metric('summary', 's')];
    const rules = recorded([{ job: 'shop', definitions }], {
      pushgateway: { ...pushgateway, groupingLabels: { zone: 'north' } },
    });
    expect(Object.keys(rules).slice(2)).toEqual(['depth', 's', 's_sum', 's_count']);
    expect(rules['depth']).toBe(`max without (gateway) (
  gateway:depth{job="shop"}
  and on (job, instance, zone, gateway)
  topk by (job, instance, zone) (1,
    max by (job, instance, zone, gateway) (gateway:push_time_seconds{job="shop"})
    and on (job, instance, zone, gateway) gateway:depth{job="shop"}
  )
)`);
    expect(rules['s']).toBe(rules['depth']?.replaceAll('gateway:depth', 'gateway:s'));
    expect(rules['s_sum']).toBe(grown('s_sum'));
  });

  it('cover the jobs that push a metric, whatever they are called', () => {
    const jobs = ['shop', 'a|b "c"'];
    const rules = recorded(
      [
        { job: jobs[0] as string, definitions: [metric('counter', 'b_total'), metric('counter', 'c_total')] },
        { job: jobs[1] as string, definitions: [metric('counter', 'a_total'), metric('counter', 'c_total')] },
      ],
      { prometheus: { jobs } },
    );
    expect(Object.entries(rules).slice(2)).toEqual([
      ['a_total', grown('a_total', String.raw`job="a|b \"c\""`)],
      ['b_total', grown('b_total')],
      ['c_total', grown('c_total', String.raw`job=~"shop|a\\|b \"c\""`)],
    ]);
  });

  it('say of which jobs nothing is known', () => {
    const text = filesOf(
      { prometheus: { jobs: ['shop', 'idle'] }, pushgateway },
      { strategy: 'broadcast', known: [{ job: 'shop', definitions: [metric('gauge', 'g')] }] },
    )['rules.yml'];
    expect(text).toContain('# No metrics are known of job "idle".');
    expect(text).not.toContain('of job "shop"');
  });

  it.each<[string, PrometheusFilesInput['known'], Partial<PrometheusPushgatewayModuleOptions>, string]>([
    [
      'a label gateway',
      [{ job: 'shop', definitions: [metric('gauge', 'g', { labelNames: ['gateway'] })] }],
      {},
      'Invalid labels of metric "g": broadcast needs the label "gateway" to tell copies apart; rename it',
    ],
    [
      'a grouping label gateway',
      [],
      { pushgateway: { ...pushgateway, groupingLabels: { gateway: 'x' } } },
      'Invalid pushgateway.groupingLabels: broadcast needs the label "gateway" to tell copies apart; rename it',
    ],
    [
      'a job of the name of the scrape job',
      [],
      { prometheus: { jobs: ['pushgateway'] } },
      'Invalid job "pushgateway": expected another name with broadcast, as this is the job of the gateways themselves',
    ],
    [
      'a name with two types',
      [
        { job: 'shop', definitions: [metric('gauge', 'x')] },
        { job: 'till', definitions: [metric('counter', 'x')] },
      ],
      { prometheus: { jobs: ['shop', 'till'] } },
      'Metric "x" is a gauge of job "shop" and a counter of job "till": gateways refuse that; rename one of them',
    ],
  ])('refuse %s', (_, known, options, message) => {
    expect(() => recorded(known, options)).toThrow(message);
  });
});
