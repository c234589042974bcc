import { execFileSync } from 'node:child_process';
import type { AddressFacts } from '../../../../lib/doctor/probes/gateway.probe.js';
import { checkGroups } from '../../../../lib/doctor/checks/groups.check.js';
import { loadCronFor, type ResolvedOptions } from '../../../../lib/options/index.js';
import { A, addressFacts, B, BOTH, faultsOf, gatewayFacts, group, optionsOf, passedOf } from '../support.js';

beforeAll(() => loadCronFor({ autoPush: { cron: '* * * * *' } }));

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const check = (addresses: AddressFacts[], options = optionsOf(BOTH)) => checkGroups(addresses, options, NOW);
const ago = (ms: number, labels = {}) => group(NOW - ms, labels);
const broadcast = optionsOf({ ...BOTH, pushgateway: { ...BOTH.pushgateway, strategy: 'broadcast' } });

it('is content with a group on one gateway', () => {
  const findings = check([addressFacts(A, { groups: [ago(3_000)] }), addressFacts(B)]);
  expect(faultsOf(findings)).toEqual([]);
  expect(passedOf(findings)).toEqual([`ok groups.pushed job shop, instance one: was pushed 3 s ago, is on ${A}`]);
});

it('tells which of two copies is stale, and how to remove it', () => {
  const findings = check([
    addressFacts(A, { groups: [ago(40_000, { zone: 'a/b' })] }),
    addressFacts(B, { groups: [ago(0, { zone: 'a/b' }), ago(0)] }),
  ]);
  expect(faultsOf(findings)).toEqual([
    `error groups.one-gateway job shop, instance one, zone a/b: is on ${A} and ${B}; the older copy is on ${A} (pushed 40 s ago)`,
  ]);
  expect(findings.find(({ check: name }) => name === 'groups.one-gateway')?.fix).toBe(
    'Push once, which removes copies left by a move; if it is still there: ' +
      `curl -X DELETE '${A}/metrics/job/shop/instance/one/zone@base64/YS9i'`,
  );
});

it('gives commands without a secret, and names a gateway behind a balancer', () => {
  const named = (name: string, ms: number) => ({
    ...gatewayFacts(A, { groups: [ago(ms)], process: name }),
    subject: `${A} (${name})`,
    name,
  });
  const behind: AddressFacts[] = [{ address: A, balancer: 'naming', gateways: [named('g1', 0), named('g2', 5_000)] }];
  const fixWith = (pushgateway: object): string =>
    check(behind, optionsOf({ pushgateway: { host: A, ...pushgateway } })).find(({ severity }) => severity === 'error')
      ?.fix ?? '';
  expect(fixWith({ username: 'u', password: 's3cret' })).toContain(
    `curl -X DELETE -u '<username>:<password>' -H 'x-pushgateway: g2' '${A}/metrics/job/shop/instance/one'`,
  );
  expect(fixWith({ bearerToken: 's3cret' })).toContain("-H 'Authorization: Bearer <token>' -H 'x-pushgateway: g2'");
});

it('gives commands that a shell takes as they are meant, whatever names came from a gateway', () => {
  const name = "g'$(touch x)`id`\\;&|<>*?~!";
  const instance = "o'ne; rm -rf ~ $(id) `id` \n\u001b[201~ [1-9]{a,b}";
  const gateway = (own: string, ms: number) => ({
    ...gatewayFacts(A, { groups: [ago(ms, { instance })], process: own }),
    subject: `${A} (${own})`,
    name: own,
  });
  const findings = check([{ address: A, balancer: 'naming', gateways: [gateway('g1', 0), gateway(name, 5_000)] }]);
  const fix = findings.find(({ check: made }) => made === 'groups.one-gateway')?.fix ?? '';
  const words = fix.slice(fix.indexOf('curl ') + 'curl '.length);
  // What curl would be given, each word with a zero after it.
  const given = execFileSync('sh', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' }).split('\0');
  expect(given).toEqual([
    '-X',
    'DELETE',
    '-H',
    `x-pushgateway: ${name}`,
    expect.stringMatching(/^http:\/\/a:9091\/metrics\/job\/shop\/instance\/o'ne%3B%20rm[\x21-\x7e]*$/),
    '',
  ]);
});

it('takes neither one process under two addresses nor a balancer for two gateways', () => {
  const groups = [ago(0)];
  expect(
    faultsOf(check([addressFacts(A, { groups, process: 'one' }), addressFacts(B, { groups, process: 'one' })])),
  ).toEqual([]);
  expect(check([{ ...addressFacts(A, { groups }), balancer: 'silent' }])).toEqual([]);
});

it('ignores groups of other jobs, and those of which no push was accepted', () => {
  const groups = [ago(0, { job: 'other' }), group(0, { instance: 'two' })];
  const findings = check([addressFacts(A, { groups: [...groups, ago(0)] }), addressFacts(B, { groups })]);
  expect(faultsOf(findings)).toEqual([]);
});

it('misses a group that was never pushed, if it could see all gateways', () => {
  expect(faultsOf(check([addressFacts(A), addressFacts(B)]))).toEqual([
    'warning groups.pushed job shop, instance one: is on no gateway',
  ]);
  const down: AddressFacts = {
    address: B,
    balancer: 'none',
    gateways: [{ subject: B, address: B, failure: { finding: 'down', fix: 'start it' } }],
  };
  expect(check([addressFacts(A), down])).toEqual([]);
});

it.each<[ResolvedOptions['autoPush'], number, boolean]>([
  [{ everyMs: 15_000 }, 4 * MINUTE, false],
  [{ everyMs: 15_000 }, 6 * MINUTE, true],
  [{ everyMs: MINUTE }, 9 * MINUTE, false],
  [{ everyMs: MINUTE }, 11 * MINUTE, true],
  [{ cron: '0 0 * * * *' }, 9 * 60 * MINUTE, false],
  [{ cron: '0 0 * * * *' }, 11 * 60 * MINUTE, true],
  [false, 23 * 60 * MINUTE, false],
  [false, 25 * 60 * MINUTE, true],
])('autoPush %j: a group pushed %p ms ago is old: %p', (autoPush, ageMs, isOld) => {
  const groups = [ago(ageMs), ago(ageMs, { instance: 'gone' })];
  const checks = check([addressFacts(A, { groups })], optionsOf({ autoPush })).filter(
    ({ severity }) => severity === 'warning',
  );
  expect(checks.map((finding) => finding.check)).toEqual(isOld ? ['groups.pushed', 'groups.left-over'] : []);
});

it('counts left-over groups by job, and names some', () => {
  const groups = [1, 2, 3, 4, 5].map((at) => ago((10 + at) * MINUTE, { instance: `pod-${at}` }));
  const findings = check([addressFacts(A, { groups: [...groups, ago(0)] })]);
  expect(faultsOf(findings)).toEqual([
    'warning groups.left-over job shop: 5 other groups nobody pushes any more: job shop, instance pod-1 (11 min ago), ' +
      'job shop, instance pod-2 (12 min ago), job shop, instance pod-3 (13 min ago) and 2 more',
  ]);
  const nameless = check([addressFacts(A, { groups: [ago(0), ago(20 * MINUTE, { instance: '' })] })]);
  expect(nameless.find(({ check: name }) => name === 'groups.left-over')?.fix).toBe(
    `Remove what no process pushes: curl -X DELETE '${A}/metrics/job/shop'`,
  );
});

it('goes by the clock of the gateway', () => {
  const facts = { ...gatewayFacts(A, { groups: [group(NOW + 60 * MINUTE)] }), clockAheadMs: 70 * MINUTE };
  expect(faultsOf(check([{ address: A, balancer: 'none', gateways: [facts] }]))).toEqual([
    `warning groups.pushed job shop, instance one: was last pushed 10 min ago, is on ${A}`,
  ]);
});

it('with broadcast wants a copy on each gateway', () => {
  const groups = [ago(0)];
  expect(faultsOf(check([addressFacts(A, { groups }), addressFacts(B, { groups })], broadcast))).toEqual([]);
  expect(faultsOf(check([addressFacts(A, { groups }), addressFacts(B)], broadcast))).toEqual([
    `warning groups.every-gateway job shop, instance one: is not on ${B}`,
  ]);
});
