import { timed } from '../../../lib/doctor/probes/clock.js';
import { parseDuration, spanText } from '../../../lib/doctor/checks/intervals.js';
import { parseContents } from '../../../lib/gateway/index.js';
import { parseScrapeJobs } from '../../../lib/doctor/probes/scrape-config.js';

it("reads a gateway's page", () => {
  const text = [
    '# TYPE orders_total counter',
    'orders_total{instance="push_time_seconds{",job="a"} 3',
    'process_start_time_seconds 1.79537702168e+09',
    'push_failure_time_seconds{instance="",job="only"} 0',
    'push_time_seconds{instance="",job="only"} 1.7953770266900754e+09',
    'push_time_seconds{instance="x} y",job="s\\"h\\\\o\\np"} 0',
    '',
  ].join('\n');
  expect(parseContents(text)).toEqual({
    groups: [
      { labels: { instance: '', job: 'only' }, pushedAt: 1_795_377_026_690.0754 },
      { labels: { instance: 'x} y', job: 's"h\\o\np' }, pushedAt: 0 },
    ],
    samples: 5,
    startedAt: 1_795_377_021.68,
  });
  // No gateway takes such a label, and no path can name it.
  expect(parseContents('push_time_seconds{__x="1",job="a"} 1').groups).toEqual([]);
  expect(parseContents('')).toEqual({ groups: [], samples: 0, startedAt: undefined });
});

it('reads a line as long as it likes to be, each character once', () => {
  // From each letter a pattern might look to the end: 200,000 times 200,000 steps are a minute.
  const line = `push_time_seconds{${'a'.repeat(200_000)}`;
  expect(parseContents(line).groups).toEqual([{ labels: {}, pushedAt: Number.NaN }]);
});

it('reads the configuration as Prometheus prints it', async () => {
  const text = `
global:
  scrape_interval: 1s
  scrape_protocols: [PrometheusProto, PrometheusText0.0.4]
scrape_configs:
- job_name: push gateway
  honor_labels: true
  metrics_path: /metrics
  metric_relabel_configs:
  - source_labels: [__name__]
    regex: secret_.*
    target_label: __name__
    action: drop
- job_name: fed
  scrape_protocols: [PrometheusText0.0.4]
  scrape_native_histograms: true
  params:
    match[]:
    - '{job!="", it''s="a"}'
  metrics_path: /prefix/federate
  metric_relabel_configs:
  - source_labels: [__name__]
    target_label: __name__
    replacement: federated:$1
`;
  expect(await parseScrapeJobs(text)).toEqual([
    {
      name: 'push gateway',
      honorLabels: true,
      isFederation: false,
      selectors: [],
      renames: false,
      protocols: ['PrometheusProto', 'PrometheusText0.0.4'],
    },
    {
      name: 'fed',
      honorLabels: false,
      isFederation: true,
      selectors: ['{job!="", it\'s="a"}'],
      renames: true,
      takesNative: true,
      protocols: ['PrometheusText0.0.4'],
    },
  ]);
  expect(await parseScrapeJobs('')).toBeUndefined();
  expect(await parseScrapeJobs('a: [')).toBeUndefined();
  expect(await parseScrapeJobs('global: {}')).toEqual([]);
});

it('reads and writes spans of time', () => {
  expect(['15s', '1m30s', '200ms', '2h', '1d', ''].map(parseDuration)).toEqual([
    15_000, 90_000, 200, 7_200_000, 86_400_000, 0,
  ]);
  expect([1_234, 90_000, 150_000, 3 * 3_600_000, 3 * 86_400_000].map(spanText)).toEqual([
    '1.2 s',
    '90 s',
    '3 min',
    '3 h',
    '3 days',
  ]);
});

it('reads a clock from the header, which has whole seconds', async () => {
  const answer = (date?: string) => () =>
    Promise.resolve({ status: 200, body: '', headers: date === undefined ? {} : { date } });
  const { clockAheadMs } = await timed(answer(new Date(Date.now() + 3_600_000).toUTCString()));
  expect(Math.abs((clockAheadMs ?? 0) - 3_600_000)).toBeLessThan(60_000);
  expect((await timed(answer())).clockAheadMs).toBeUndefined();
});
