import { checkNames } from '../../../../lib/doctor/checks/utf8-names.check.js';
import { parseScrapeJobs } from '../../../../lib/doctor/probes/scrape-config.js';
import { A, addressFacts, faultsOf, optionsOf, passedOf, prometheusFacts } from '../support.js';

const ALLOWED = optionsOf({ pushgateway: { host: A, utf8Names: true } });
const PROMETHEUS = 'http://prometheus:9090';
const flags = { 'push.enable-utf8-names': 'true' };

it('asks nothing where such names are not allowed', () => {
  expect(checkNames([prometheusFacts()], [addressFacts(A)], optionsOf())).toEqual([]);
});

it('has nothing against servers that take them', () => {
  const findings = checkNames(
    [prometheusFacts({ starts: { version: '3.5.3' } })],
    [addressFacts(A, { version: '1.11.2', flags })],
    ALLOWED,
  );
  expect(faultsOf(findings)).toEqual([]);
  expect(passedOf(findings)).toEqual([
    `ok gateway.names ${A}: takes names in UTF-8 (--push.enable-utf8-names)`,
    `ok prometheus.names ${PROMETHEUS}: version 3.5.3 takes names in UTF-8`,
  ]);
});

it.each([
  ['1.5.1', 'Install 1.11 or later, and start it with --push.enable-utf8-names, or take pushgateway.utf8Names out'],
  ['1.11.2', 'Start it with --push.enable-utf8-names, or take pushgateway.utf8Names out'],
])('names the flag that gateway %s lacks', (version, fix) => {
  const findings = checkNames([], [addressFacts(A, { version })], ALLOWED);
  expect(findings).toMatchObject([{ check: 'gateway.names', severity: 'error', fix }]);
});

it('finds a Prometheus that is too old, and one that does not say', () => {
  const facts = ['2.53.3', undefined].map((version) =>
    prometheusFacts({ starts: version === undefined ? {} : { version } }),
  );
  expect(faultsOf(checkNames(facts, [], ALLOWED))).toEqual([
    `error prometheus.names ${PROMETHEUS}: version 2.53.3 takes no names in UTF-8, which pushgateway.utf8Names allows`,
    `hint prometheus.names ${PROMETHEUS}: cannot tell whether it takes names in UTF-8: it does not show its version`,
  ]);
});

it.each([
  ['global: { metric_name_validation_scheme: legacy }', '', true],
  ['global: { metric_name_validation_scheme: legacy }', 'metric_name_validation_scheme: utf8', false],
  ['global: {}', 'metric_name_escaping_scheme: underscores', true],
  ['global: {}', 'metric_name_escaping_scheme: allow-utf-8', false],
  ['global: {}', '', false],
])('reads the configuration %j, %j', async (global, job, isClassic) => {
  const scrapeJobs = await parseScrapeJobs(`${global}\nscrape_configs:\n  - job_name: pushgateway\n    ${job}\n`);
  if (scrapeJobs === undefined) throw new Error('No configuration');
  const faults = faultsOf(checkNames([prometheusFacts({ starts: { version: '3.5.3' }, scrapeJobs })], [], ALLOWED));
  expect(faults).toEqual(
    isClassic ? [`error prometheus.names ${PROMETHEUS}: asks for classic names only (scrape job pushgateway)`] : [],
  );
});
