import { checkGateways } from '../../../../lib/doctor/checks/gateway.check.js';
import type { AddressFacts } from '../../../../lib/doctor/probes/gateway.probe.js';
import { A, addressFacts, B, BOTH, faultsOf, gatewayFacts, optionsOf, passedOf } from '../support.js';

const one = (change: Parameters<typeof addressFacts>[1], gzip = true): string[] =>
  faultsOf(checkGateways([addressFacts(A, change)], optionsOf({ pushgateway: { host: A, gzip } })));

it('has nothing against two gateways that are well', () => {
  const findings = checkGateways([addressFacts(A), addressFacts(B)], optionsOf(BOTH));
  expect(faultsOf(findings)).toEqual([]);
  expect(passedOf(findings).slice(0, 4)).toEqual([
    `ok gateway.reachable ${A}: answers and is ready`,
    `ok gateway.version ${A}: version 1.5.1`,
    `ok gateway.persistence ${A}: keeps groups in memory only`,
    `ok gateway.consistency ${A}: checks each push against the 40 samples it has`,
  ]);
});

it.each<[string, boolean, string[]]>([
  ['1.4.3', true, [`error gateway.version ${A}: version 1.4.3 takes no compressed pushes`]],
  ['1.4.3', false, [`warning gateway.version ${A}: version 1.4.3, and pushgateway.gzip is off`]],
  ['1.5.1', false, [`warning gateway.version ${A}: version 1.5.1, and pushgateway.gzip is off`]],
  ['1.5.0', true, []],
  ['1.6.0', false, []],
  ['1.11.2', true, []],
  ['0.10.0', true, [`error gateway.version ${A}: version 0.10.0 takes no compressed pushes`]],
  ['2.0.0', false, []],
  ['(devel)', true, []],
])('version %s, gzip %p', (version, gzip, faults) => {
  expect(one({ version }, gzip)).toEqual(faults);
});

it('minds persistence only of several gateways', () => {
  const persistent = { flags: { 'persistence.file': '/data' } };
  expect(one(persistent)).toEqual([]);
  const fault = `warning gateway.persistence ${B}: keeps groups on disk (--persistence.file)`;
  expect(faultsOf(checkGateways([addressFacts(A), addressFacts(B, persistent)], optionsOf(BOTH)))).toEqual([fault]);
  const behind: AddressFacts = { address: A, balancer: 'silent', gateways: [gatewayFacts(B, persistent)] };
  expect(faultsOf(checkGateways([behind], optionsOf()))).toContain(fault);
});

it('minds a gateway that is not ready, and one that takes pushes unchecked', () => {
  expect(one({ ready: false })).toEqual([`error gateway.reachable ${A}: answers, but is not ready`]);
  expect(one({ flags: { 'push.disable-consistency-check': 'true' } })).toEqual([
    `warning gateway.consistency ${A}: takes pushes unchecked (--push.disable-consistency-check)`,
  ]);
});

it('names the proxy on the way', () => {
  const gateways = [{ ...gatewayFacts(A), proxy: 'http://proxy:3128' }];
  expect(passedOf(checkGateways([{ address: A, balancer: 'none', gateways }], optionsOf()))[0]).toBe(
    `ok gateway.reachable ${A}: answers through the proxy http://proxy:3128 and is ready`,
  );
});

it('says what it could not read', () => {
  const { contents: _, ...facts } = gatewayFacts(A);
  const gateways = [{ ...facts, contentsFailure: { finding: 'refuses the credentials', fix: 'Mend it' } }];
  expect(faultsOf(checkGateways([{ address: A, balancer: 'none', gateways }], optionsOf()))).toEqual([
    `warning gateway.contents ${A}: cannot tell what it holds: refuses the credentials`,
  ]);
});

it('knows one gateway under two addresses', () => {
  const same = [addressFacts(A, { process: 'one' }), addressFacts(B, { process: 'one' })];
  expect(faultsOf(checkGateways(same, optionsOf(BOTH)))).toEqual([
    `error gateway.distinct ${B}: is the same gateway as ${A}`,
  ]);
});

it('wants balancers alone, and gateways named', () => {
  const naming: AddressFacts = { ...addressFacts(B), balancer: 'naming' };
  expect(faultsOf(checkGateways([naming], optionsOf()))).toEqual([]);
  expect(faultsOf(checkGateways([addressFacts(A), naming], optionsOf(BOTH)))).toEqual([
    `error gateway.balancer ${B}: is a load balancer in a list of gateways`,
  ]);
  expect(faultsOf(checkGateways([{ ...naming, balancer: 'silent' }], optionsOf()))).toEqual([
    `error gateway.balancer ${B}: is a load balancer that does not name its gateways and spreads requests over them`,
  ]);
});
