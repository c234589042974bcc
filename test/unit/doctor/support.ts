import type { Finding } from '../../../lib/doctor/finding.js';
import type { AddressFacts, GatewayFacts } from '../../../lib/doctor/probes/gateway.probe.js';
import type { PrometheusFacts, Target } from '../../../lib/doctor/probes/prometheus.probe.js';
import type { PushedGroup } from '../../../lib/gateway/index.js';
import {
  type PrometheusPushgatewayModuleOptions,
  resolveOptions,
  type ResolvedOptions,
} from '../../../lib/options/index.js';

export const A = 'http://a:9091';
export const B = 'http://b:9091';

export function optionsOf({
  prometheus,
  ...others
}: Partial<Omit<PrometheusPushgatewayModuleOptions, 'prometheus'>> & {
  prometheus?: Partial<PrometheusPushgatewayModuleOptions['prometheus']>;
} = {}): ResolvedOptions {
  return resolveOptions({ prometheus: { instance: 'one', jobs: ['shop'], ...prometheus }, ...others });
}

export const BOTH = { pushgateway: { host: [A, B] } };

export function group(pushedAt: number, labels: Record<string, string> = {}): PushedGroup {
  return { labels: { job: 'shop', instance: 'one', ...labels }, pushedAt };
}

interface GatewayChange {
  version?: string;
  flags?: Record<string, string>;
  ready?: boolean;
  groups?: PushedGroup[];
  /** In seconds. */
  startedAt?: number;
  /** Tells processes apart; by default each address is one. */
  process?: string;
}

export function gatewayFacts(
  address: string,
  {
    version = '1.5.1',
    flags = {},
    ready = true,
    groups = [],
    startedAt = address.charCodeAt(7),
    process = address,
  }: GatewayChange = {},
): GatewayFacts {
  return {
    subject: address,
    address,
    status: { version, flags, ready, startTime: new Date(startedAt * 1_000) },
    process,
    contents: { groups, samples: 40, startedAt },
    clockAheadMs: 0,
  };
}

export function addressFacts(address: string, change: GatewayChange = {}): AddressFacts {
  return { address, balancer: 'none', gateways: [gatewayFacts(address, change)] };
}

export function target(address: string, change: Partial<Target> = {}): Target {
  return {
    pool: 'pushgateway',
    url: `${address}/metrics`,
    labels: { job: 'pushgateway', instance: new URL(address).host },
    health: 'up',
    lastError: '',
    intervalMs: 15_000,
    ...change,
  };
}

export function prometheusFacts(change: Partial<PrometheusFacts> = {}): PrometheusFacts {
  return {
    address: 'http://prometheus:9090',
    isConfigured: true,
    targets: [target(A), target(B)],
    scrapeJobs: [{ name: 'pushgateway', honorLabels: true, isFederation: false, selectors: [], renames: false }],
    gatewayStarts: [],
    federations: [],
    ...change,
  };
}

/** `<severity> <check> <subject>: <finding>` of what did not pass. */
export function faultsOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'ok').map(lineOf);
}

export function passedOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'ok').map(lineOf);
}

function lineOf({ severity, check, subject, finding }: Finding): string {
  return `${severity} ${check} ${subject}: ${finding}`;
}
