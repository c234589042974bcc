import type { AddressFacts } from '../../../../lib/doctor/probes/gateway.probe.js';
import { checkPrometheus } from '../../../../lib/doctor/checks/prometheus.check.js';
import type { PrometheusFacts } from '../../../../lib/doctor/probes/prometheus.probe.js';
import type { ScrapeJob } from '../../../../lib/doctor/probes/scrape-config.js';
import {
  A,
  addressFacts,
  B,
  BOTH,
  faultsOf,
  gatewayFacts,
  optionsOf,
  passedOf,
  prometheusFacts,
  target,
} from '../support.js';

const P = 'http://prometheus:9090';
const both = [addressFacts(A), addressFacts(B)];
const check = (change: Partial<PrometheusFacts>, addresses: AddressFacts[] = both, options = optionsOf(BOTH)) =>
  checkPrometheus(prometheusFacts(change), addresses, options);
const faults = (...args: Parameters<typeof check>): string[] => faultsOf(check(...args));
/** A's start is what Prometheus has of the target with this instance. */
const start = (address: string, instance: string) => ({
  metric: { job: 'pushgateway', instance },
  value: gatewayFacts(address).contents?.startedAt ?? 0,
  timestamp: 0,
});
const without = ({ targets: _, ...facts }: PrometheusFacts): PrometheusFacts => facts;

it('has nothing against a Prometheus that is well', () => {
  const findings = check({});
  expect(faultsOf(findings)).toEqual([]);
  expect(passedOf(findings)).toEqual([
    `ok prometheus.query ${P}: answers queries`,
    `ok prometheus.targets ${P}: scrapes all 2 gateways`,
    `ok prometheus.honor-labels ${P}: honor_labels is on`,
    `ok prometheus.target-labels ${P}: no label names the gateway`,
    `ok prometheus.interval ${P}: scrapes every 15 s; pushes are 15 s apart`,
  ]);
});

it('looks no further when queries fail', () => {
  expect(check({ failure: { finding: 'unreachable', fix: 'Start it' } })).toMatchObject([
    { check: 'prometheus.query', severity: 'error', finding: 'unreachable', fix: 'Start it' },
  ]);
});

describe('targets', () => {
  it('are found by address, or by the start of the process', () => {
    const elsewhere = target('http://10.0.0.2:9091');
    expect(faults({ targets: [target(A), elsewhere] })).toEqual([
      `error prometheus.targets ${P}: does not scrape ${B}`,
    ]);
    expect(faults({ targets: [target(A), elsewhere], gatewayStarts: [start(B, '10.0.0.2:9091')] })).toEqual([]);
    const further = {
      isConfigured: false,
      targets: [target(A), elsewhere],
      gatewayStarts: [start(B, '10.0.0.2:9091')],
    };
    expect(faults(further)).toEqual([]);
    const ports = [addressFacts('http://a:80'), addressFacts('https://b:443')];
    expect(faults({ targets: [target('http://a'), target('https://b')] }, ports)).toEqual([]);
  });

  it('are wanted once of a gateway with two addresses', () => {
    const { process } = gatewayFacts(A) as { process: string };
    const again: AddressFacts = {
      address: B,
      balancer: 'naming',
      gateways: [{ ...gatewayFacts(B), process, name: 'a' }],
    };
    expect(faults({ targets: [target(A)] }, [addressFacts(A), again])).toEqual([]);
  });

  it('are not shared by gateways that were started together', () => {
    const together = [addressFacts(A, { startedAt: 7 }), addressFacts(B, { startedAt: 7 })];
    const gatewayStarts = [{ ...start(A, 'a:9091'), value: 7 }];
    expect(faults({ targets: [target(A)], gatewayStarts }, together)).toEqual([
      `error prometheus.targets ${P}: does not scrape ${B}`,
    ]);
    expect(faults({ targets: [target(A)], gatewayStarts }, [...together].reverse())).toEqual([
      `error prometheus.targets ${P}: does not scrape ${B}`,
    ]);
  });

  it('of gateways that cannot be read may have another address', () => {
    const { contents: _, ...facts } = gatewayFacts(B);
    const unread: AddressFacts = { address: B, balancer: 'none', gateways: [facts] };
    expect(faults({ targets: [target(A)] }, [addressFacts(A), unread])).toEqual([
      `warning prometheus.targets ${P}: scrapes nothing at ${B}, perhaps the gateway under another address`,
    ]);
  });

  it.each([
    [false, 'Groups that are on this gateway are not in this Prometheus'],
    [true, 'Its copies are not in this Prometheus: when the other gateways are away, nothing is'],
  ])('that are missing say what is not seen, with broadcast (%s) too', (isBroadcast, why) => {
    const options = { ...optionsOf(BOTH), isBroadcast };

    expect(check({ targets: [target(A)] }, both, options)).toContainEqual(
      expect.objectContaining({ finding: `does not scrape ${B}`, why }),
    );
  });

  it('are to be up', () => {
    const down = target(B, { health: 'down', lastError: 'server returned HTTP status 401' });
    expect(faults({ targets: [target(A), down] })).toEqual([
      `error prometheus.targets ${P}: cannot scrape ${B}: server returned HTTP status 401`,
    ]);
    expect(faults({ targets: [target(A), down, target(B)] })).toEqual([]);
    expect(faults({ targets: [target(A), target(B, { health: 'unknown' })] })).toEqual([
      `warning prometheus.targets ${P}: has not scraped ${B} yet`,
    ]);
  });

  it('are not balancers', () => {
    const naming: AddressFacts = {
      address: 'http://lb:9091',
      balancer: 'naming',
      gateways: [
        { ...gatewayFacts(A), subject: 'http://lb:9091 (a)', address: 'http://lb:9091', name: 'a' },
        { ...gatewayFacts(B), subject: 'http://lb:9091 (b)', address: 'http://lb:9091', name: 'b' },
      ],
    };
    const gatewayStarts = [start(A, 'a:9091'), start(B, 'b:9091')];
    const options = optionsOf({ pushgateway: { host: 'lb:9091' } });
    expect(faults({ gatewayStarts }, [naming], options)).toEqual([]);
    expect(
      faults({ gatewayStarts, targets: [target(A), target(B), target('http://lb:9091')] }, [naming], options),
    ).toEqual([`error prometheus.targets ${P}: scrapes the load balancer http://lb:9091`]);
    expect(faults({}, [{ ...naming, balancer: 'silent' }], options)).toEqual([
      `warning prometheus.honor-labels ${P}: cannot tell whether honor_labels is on`,
    ]);
  });

  it('that are not told can be seen by the metrics of gateways', () => {
    const facts = without(
      prometheusFacts({
        targetsFailure: { finding: 'answered 403', fix: '' },
        sees: { job: true, exportedJob: false },
      }),
    );
    const gatewayStarts = [start(A, 'a:9091'), start(B, 'b:9091')];
    expect(faultsOf(checkPrometheus({ ...facts, gatewayStarts }, both, optionsOf(BOTH)))).toEqual([]);
    expect(
      faultsOf(checkPrometheus({ ...facts, gatewayStarts: gatewayStarts.slice(1) }, both, optionsOf(BOTH))),
    ).toEqual([`warning prometheus.targets ${P}: cannot tell whether it scrapes ${A}: answered 403`]);
  });
});

describe('honor_labels', () => {
  const job: ScrapeJob = {
    name: 'pushgateway',
    honorLabels: false,
    isFederation: false,
    selectors: [],
    renames: false,
  };

  it('is to be on', () => {
    expect(faults({ scrapeJobs: [job] })).toEqual([
      `error prometheus.honor-labels ${P}: honor_labels is off (scrape job pushgateway)`,
    ]);
  });

  it('is told by labels where the configuration is not shown', () => {
    const { scrapeJobs: _, ...facts } = prometheusFacts();
    const sees = (own: boolean, exportedJob: boolean) =>
      faultsOf(checkPrometheus({ ...facts, sees: { job: own, exportedJob } }, both, optionsOf(BOTH)));
    expect(sees(true, false)).toEqual([]);
    expect(sees(true, true)).toEqual([
      `error prometheus.honor-labels ${P}: has these jobs as exported_job: honor_labels is off`,
    ]);
    expect(sees(false, false)).toEqual([
      `warning prometheus.honor-labels ${P}: cannot tell whether honor_labels is on`,
    ]);
  });
});

describe('labels of targets', () => {
  const labelled = (a: object, b: object) => ({
    targets: [A, B].map((address, at) => {
      const plain = target(address);
      return { ...plain, labels: { ...plain.labels, ...(at === 0 ? a : b) } };
    }),
  });
  const broadcast = optionsOf({ ...BOTH, pushgateway: { ...BOTH.pushgateway, strategy: 'broadcast' } });

  it('may not name the gateway', () => {
    expect(faults(labelled({ env: 'prod' }, { env: 'prod' }))).toEqual([]);
    expect(faults(labelled({ gateway: '1' }, { gateway: '2' }))).toEqual([
      `error prometheus.target-labels ${P}: the targets' label gateway differs from gateway to gateway`,
    ]);
    expect(faults(labelled({ env: 'prod' }, {}))).toHaveLength(1);
    expect(faults(labelled({ gateway: '1' }, {}), [addressFacts(A)], optionsOf())).toEqual([]);
  });

  it('with broadcast must name it', () => {
    expect(faults(labelled({ gateway: '1' }, { gateway: '2' }), both, broadcast)).toEqual([]);
    const fault = `error prometheus.target-labels ${P}: the targets have no label gateway of their own each`;
    expect(faults({}, both, broadcast)).toEqual([fault]);
    expect(faults(labelled({ gateway: '1' }, { gateway: '1' }), both, broadcast)).toEqual([fault]);
    expect(faults(labelled({ gateway: '1' }, {}), both, broadcast)).toEqual([fault]);
  });
});

it('minds scrapes so rare that series come and go, and tells of pushes unseen', () => {
  const every = (intervalMs: number, options = optionsOf(BOTH)) =>
    check({ targets: [target(A), target(B, { intervalMs })] }, both, options);
  expect(faultsOf(every(180_000))).toEqual([`warning prometheus.interval ${P}: scrapes every 3 min`]);
  expect(passedOf(every(60_000))).toContain(
    `ok prometheus.interval ${P}: scrapes every 60 s; pushes are 15 s apart, some of them unseen`,
  );
  expect(passedOf(every(60_000, optionsOf({ ...BOTH, autoPush: false })))).toContain(
    `ok prometheus.interval ${P}: scrapes every 60 s`,
  );
});

it('wants copies from other Prometheus under other names', () => {
  const job: ScrapeJob = { name: 'fed', honorLabels: true, isFederation: true, selectors: ['{}'], renames: false };
  const names = ['a_total', 'b_total', 'c_total', 'd_total'];
  expect(faults({ federations: [{ job, names }] })).toEqual([
    `warning prometheus.federation ${P}: federates these jobs under their own names (fed: a_total, b_total, c_total, ...)`,
  ]);
  expect(faults({ federations: [{ job: { ...job, renames: true }, names }] })).toEqual([]);
  expect(faults({ federations: [{ job, names: [] }] })).toEqual([]);
});
