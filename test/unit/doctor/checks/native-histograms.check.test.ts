import { checkNatives } from '../../../../lib/doctor/checks/native-histograms.check.js';
import { probeNatives } from '../../../../lib/doctor/probes/native-histograms.probe.js';
import type { PrometheusFacts } from '../../../../lib/doctor/probes/prometheus.probe.js';
import type { ScrapeJob } from '../../../../lib/doctor/probes/scrape-config.js';
import { type MetricDefinition, resolveDefinition } from '../../../../lib/model/index.js';
import type { Store } from '../../../../lib/store/index.js';
import { A, addressFacts, B, BOTH, optionsOf, prometheusFacts } from '../support.js';

const P = 'http://prometheus:9090';
const FLAG = '--enable-feature=native-histograms';
const native = (name: string, more: Partial<MetricDefinition> = {}) =>
  resolveDefinition({ name, help: 'Help', type: 'histogram', native: {}, ...more });
const both = [addressFacts(A), addressFacts(B)];

const job = (change: Partial<ScrapeJob> = {}): Partial<PrometheusFacts> => {
  const other = { honorLabels: true, isFederation: false, selectors: [], renames: false };
  // Only that of the gateways counts.
  return {
    scrapeJobs: [
      { ...other, name: 'pushgateway', ...change },
      { ...other, name: 'other', protocols: ['PrometheusText0.0.4'] },
    ],
  };
};
const PROTO = { protocols: ['PrometheusProto', 'OpenMetricsText1.0.0', 'PrometheusText0.0.4'] };
const check = (version: string | undefined, features: string[], change = job(), natives = [native('seconds')]) =>
  checkNatives([prometheusFacts({ starts: { ...(version && { version, features }) }, ...change })], both, natives);

it.each<[string, string, string[], Partial<PrometheusFacts>]>([
  ['2.42 with the flag, which shows no protocols', '2.42.0', ['native-histograms'], job()],
  ['3.5 with the flag', '3.5.3', ['exemplar-storage', 'native-histograms'], job(PROTO)],
  ['3.8 with the flag', '3.8.0', ['native-histograms'], job(PROTO)],
  ['3.8 with the setting', '3.8.0', [], job({ ...PROTO, takesNative: true })],
  ['3.9 with the setting', '3.9.1', [], job({ ...PROTO, takesNative: true })],
])('passes %s', (_, version, features, change) => {
  expect(check(version, features, change)).toEqual([
    { check: 'prometheus.native-histograms', severity: 'ok', subject: P, finding: 'stores native histograms' },
  ]);
});

const SETTING = 'Write scrape_native_histograms: true into that scrape job, or into global';
it.each<[string, string | undefined, string[], Partial<PrometheusFacts>, { finding: unknown; fix: unknown }]>([
  [
    'is too old',
    '2.39.0',
    [],
    job(),
    {
      finding: 'version 2.39.0 cannot store native histograms',
      fix: `Install 2.40 or later, and start it with ${FLAG}`,
    },
  ],
  [
    'has no flag',
    '2.53.3',
    ['exemplar-storage'],
    job(),
    {
      finding: 'version 2.53.3 does not store native histograms',
      fix: 'Start it with --enable-feature=exemplar-storage,native-histograms',
    },
  ],
  [
    'has neither flag nor setting',
    '3.8.0',
    [],
    job(PROTO),
    { finding: 'version 3.8.0 does not store native histograms (scrape job pushgateway)', fix: SETTING },
  ],
  [
    'has a flag that does nothing any more',
    '3.9.0',
    ['native-histograms'],
    job(PROTO),
    { finding: 'version 3.9.0 does not store native histograms (scrape job pushgateway)', fix: SETTING },
  ],
  [
    'asks for text first',
    '3.5.3',
    ['native-histograms'],
    job({ protocols: ['PrometheusText0.0.4', 'PrometheusProto'] }),
    {
      finding: 'is to store native histograms, but does not ask for them (scrape job pushgateway)',
      fix: expect.stringContaining('Put PrometheusProto first into scrape_protocols'),
    },
  ],
  [
    'does not show its configuration',
    '3.9.0',
    [],
    { scrapeJobs: [] },
    { finding: expect.stringContaining('cannot tell'), fix: expect.stringContaining('scrape_native_histograms: true') },
  ],
  [
    'does not show its version',
    undefined,
    [],
    job(),
    { finding: expect.stringContaining('cannot tell'), fix: expect.stringContaining(FLAG) },
  ],
])('says what to write for one that %s', (_, version, features, change, expected) => {
  expect(check(version, features, change)).toEqual([
    {
      check: 'prometheus.native-histograms',
      severity: 'warning',
      subject: P,
      why: 'It has no buckets of seconds, only count and sum: no quantiles',
      ...expected,
    },
  ]);
});

it('only hints where there are classic buckets beside', () => {
  expect(check('3.5.3', [], job(), [native('seconds', { buckets: [1, 2] })])).toMatchObject([
    { severity: 'hint', why: 'Of native histograms it has the classic buckets only' },
  ]);
});

it('has nothing to say without native histograms, or where nobody answers', () => {
  expect(check('3.5.3', [], job(), [])).toEqual([]);
  expect(check('3.5.3', [], { failure: { finding: 'down', fix: 'Start it' } })).toEqual([]);
});

it('knows the native histograms of all jobs, each once; none of a store that does not answer', async () => {
  const options = optionsOf({ ...BOTH, prometheus: { jobs: ['shop', 'mail'] } });
  const classic = resolveDefinition({ name: 'bytes', help: 'Help', type: 'histogram' });
  const storeOf = (definitions: () => Promise<unknown>) => ({ series: { definitions } }) as unknown as Store;
  const found = await probeNatives(
    storeOf(() => Promise.resolve([classic, native('seconds')])),
    options,
  );
  expect(found).toEqual([native('seconds')]);
  const failing = storeOf(() => Promise.reject(new Error('down')));
  expect(await probeNatives(failing, options)).toEqual([]);
});
