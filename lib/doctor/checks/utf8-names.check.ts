import { UTF8_FLAG } from '../../gateway/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import { error, type Finding, hint, ok } from '../finding.js';
import type { AddressFacts, GatewayFacts } from '../probes/gateway.probe.js';
import type { PrometheusFacts } from '../probes/prometheus.probe.js';
import { isBefore, type Version } from './version.js';

const GATEWAY_TAKES_THEM: Version = [1, 11];
const PROMETHEUS_TAKES_THEM: Version = [3, 0];

/** With `pushgateway.utf8Names`: whether the servers take such names. */
export function checkNames(
  prometheuses: readonly PrometheusFacts[],
  addresses: readonly AddressFacts[],
  { utf8Names }: Pick<ResolvedOptions, 'utf8Names'>,
): Finding[] {
  if (!utf8Names) return [];
  return [
    ...addresses.flatMap(({ gateways }) => gateways.flatMap(ofGateway)),
    ...prometheuses.filter(({ failure }) => failure === undefined).map(ofPrometheus),
  ];
}

function ofGateway({ subject, status }: GatewayFacts): Finding[] {
  const check = 'gateway.names';
  if (!status) return [];
  if (status.flags[UTF8_FLAG] === 'true') return [ok(check, subject, `takes names in UTF-8 (--${UTF8_FLAG})`)];
  const isOld = isBefore(status.version, GATEWAY_TAKES_THEM);
  return [
    error(check, subject, 'takes no names in UTF-8, which pushgateway.utf8Names allows', {
      why: 'A job with such a name cannot be pushed to it',
      fix: `${isOld ? 'Install 1.11 or later, and start' : 'Start'} it with --${UTF8_FLAG}, or take pushgateway.utf8Names out`,
    }),
  ];
}

const WHY =
  'Its scrapes bring names with "_" in the place of all that is not classic, and queries of this package find none of them';

function ofPrometheus({ address, starts, scrapeJobs = [] }: PrometheusFacts): Finding {
  const check = 'prometheus.names';
  const version = starts?.version;
  if (version === undefined) {
    return hint(check, address, 'cannot tell whether it takes names in UTF-8: it does not show its version', {
      why: WHY,
      fix: 'See that it is version 3 or later',
    });
  }
  if (isBefore(version, PROMETHEUS_TAKES_THEM)) {
    return error(check, address, `version ${version} takes no names in UTF-8, which pushgateway.utf8Names allows`, {
      why: WHY,
      fix: 'Install 3 or later, or take pushgateway.utf8Names out',
    });
  }
  const classic = scrapeJobs.filter(({ hasClassicNames }) => hasClassicNames).map(({ name }) => name);
  if (classic.length > 0) {
    return error(check, address, `asks for classic names only (scrape job ${classic.join(', ')})`, {
      why: WHY,
      fix: 'Take metric_name_validation_scheme and metric_name_escaping_scheme out of its configuration',
    });
  }
  return ok(check, address, `version ${version} takes names in UTF-8`);
}
