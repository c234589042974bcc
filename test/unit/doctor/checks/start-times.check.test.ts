import { checkStarts, newestOf } from '../../../../lib/doctor/checks/start-times.check.js';
import type { AddressFacts } from '../../../../lib/doctor/probes/gateway.probe.js';
import type { PrometheusFacts } from '../../../../lib/doctor/probes/prometheus.probe.js';
import type { StoredStarts } from '../../../../lib/doctor/probes/stored-starts.js';
import { A, addressFacts, B, BOTH, faultsOf, optionsOf, passedOf, prometheusFacts } from '../support.js';

const P = 'http://prometheus:9090';
const FEATURE = 'created-timestamp-zero-ingestion';
const on = (change: StoredStarts = {}): StoredStarts => ({ version: '3.5.3', features: [FEATURE], ...change });
const job = (...protocols: string[]) => ({
  scrapeJobs: [
    { name: 'pushgateway', honorLabels: true, isFederation: false, selectors: [], renames: false, protocols },
    {
      name: 'other',
      honorLabels: true,
      isFederation: false,
      selectors: [],
      renames: false,
      protocols: ['PrometheusText0.0.4'],
    },
  ],
});
const both = [addressFacts(A), addressFacts(B)];
const check = (starts: StoredStarts, change: Partial<PrometheusFacts> = {}, options = optionsOf(BOTH)) =>
  checkStarts([prometheusFacts({ starts, ...change })], both, options);

it.each<[string, StoredStarts, Partial<PrometheusFacts>, string]>([
  [
    'has stored one',
    on({ newest: { name: 'orders_total', isStored: true } }),
    {},
    'stores when series began (seen of orders_total)',
  ],
  [
    'may store them',
    on(),
    job('PrometheusProto', 'OpenMetricsText1.0.0', 'PrometheusText0.0.4'),
    `is to store when series began (--enable-feature=${FEATURE})`,
  ],
  [
    'had it before',
    on({ newest: { name: 'orders_total', isStored: false } }),
    {},
    `is to store when series began (--enable-feature=${FEATURE}), though not of orders_total, which it had or could not scrape in time`,
  ],
  [
    'calculates by them',
    { version: '3.12.0', features: ['st-storage', 'use-start-timestamps'] },
    {},
    'calculates rates from start times (--enable-feature=st-storage,use-start-timestamps; by its documentation, not tried with this package)',
  ],
])('passes a Prometheus that %s', (_, starts, change, finding) => {
  const findings = check(starts, change);
  expect(passedOf(findings)).toEqual([`ok prometheus.start-times ${P}: ${finding}`]);
  expect(faultsOf(findings)).toEqual([]);
});

it.each<[string, StoredStarts, Partial<PrometheusFacts>, object]>([
  [
    'is too old',
    { version: '2.42.0', features: [FEATURE] },
    {},
    {
      severity: 'hint',
      finding: 'version 2.42.0 cannot store when series began',
      fix: `Install 2.50 or later, and start it with --enable-feature=${FEATURE}, or set announceForMs`,
    },
  ],
  [
    'is not told to',
    { version: '2.53.3', features: ['exemplar-storage'] },
    {},
    { severity: 'hint', fix: `Start it with --enable-feature=exemplar-storage,${FEATURE}, or set announceForMs` },
  ],
  [
    'has the later features too early',
    { version: '3.11.0', features: ['st-storage', 'use-start-timestamps'] },
    {},
    { severity: 'hint' },
  ],
  [
    'has only one of the later features',
    { version: '3.12.0', features: ['use-start-timestamps'] },
    {},
    { severity: 'hint' },
  ],
  ['does not say', {}, {}, { severity: 'hint', finding: expect.stringContaining('cannot tell') }],
  [
    'never asks for protobuf',
    on(),
    job('OpenMetricsText1.0.0', 'PrometheusText0.0.4'),
    {
      severity: 'warning',
      finding: expect.stringContaining('(scrape job pushgateway)'),
      fix: expect.stringContaining('Put PrometheusProto first into scrape_protocols'),
    },
  ],
  ['asks for text before it', on(), job('PrometheusText0.0.4', 'PrometheusProto'), { severity: 'warning' }],
])('says what to write for one that %s', (_, starts, change, finding) => {
  expect(check(starts, change)).toEqual([
    expect.objectContaining({
      check: 'prometheus.start-times',
      subject: P,
      why: expect.any(String),
      fix: expect.any(String),
      ...finding,
    }),
  ]);
});

it('has nothing to say where they are not wanted, or nobody answers', () => {
  expect(check({}, {}, optionsOf({ ...BOTH, startTimes: false }))).toEqual([]);
  expect(check({}, {}, optionsOf({ pushgateway: { host: A, format: 'text' } }))).toEqual([]);
  expect(check({}, { failure: { finding: 'down', fix: 'Start it' } })).toEqual([]);
});

it('says that announcing is not needed once every Prometheus stores them', () => {
  const options = optionsOf({ ...BOTH, announceForMs: 15_000 });
  const stores = prometheusFacts({ starts: on() });
  const announcing = (all: PrometheusFacts[]) =>
    checkStarts(all, both, options).filter((each) => each.check === 'announcing');
  expect(announcing([stores, stores])).toMatchObject([
    { severity: 'hint', subject: 'announceForMs', why: 'It holds the first value of a new series back for 15 s' },
  ]);
  const old = prometheusFacts({ starts: { version: '2.42.0', features: [] } });
  expect(announcing([stores, old])).toEqual([]);
  expect(checkStarts([old], both, options)).toMatchObject([
    { fix: expect.stringMatching(/\. Meanwhile announceForMs helps$/) },
  ]);
  expect(announcing([stores, prometheusFacts({ failure: { finding: 'down', fix: 'Start it' } })])).toEqual([]);
});

describe('a gateway', () => {
  const showing = (series: number, started: number, startMs = 5): AddressFacts => ({
    ...addressFacts(A),
    gateways: addressFacts(A).gateways.map((facts) => ({
      ...facts,
      starts: {
        series,
        started,
        ...(started > 0 && { newest: { name: 'orders_total', labels: { job: 'shop' }, startMs } }),
      },
    })),
  });

  it('shows them, or not, or has nothing of these jobs', () => {
    const found = (address: AddressFacts) => checkStarts([], [address], optionsOf());
    expect(passedOf(found(showing(3, 2)))).toEqual([`ok gateway.start-times ${A}: shows when 2 of 3 series began`]);
    expect(found(showing(3, 0))).toMatchObject([{ check: 'gateway.start-times', severity: 'hint', subject: A }]);
    expect(found(showing(0, 0))).toEqual([]);
  });

  it('names the series that began last, as Prometheus has it', () => {
    const all = [showing(1, 1, 7), showing(1, 1, 9), showing(1, 0)];
    expect(newestOf(all, optionsOf())).toEqual({ name: 'orders_total', labels: { job: 'shop' }, startMs: 9 });
    const broadcast = optionsOf({ pushgateway: { host: [A, B], strategy: 'broadcast' } });
    expect(newestOf(all, broadcast)?.name).toBe('gateway:orders_total');
    expect(newestOf([], optionsOf())).toBeUndefined();
  });
});
