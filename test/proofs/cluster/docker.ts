import { join } from 'node:path';
import { DOCKER_FOLDER, dockerConfig } from '../../support/docker-config.js';

/** Where things stand that the files of docker/ call by the names of their services. */
export interface Places {
  /** As Prometheus or HAProxy, whichever the file is for, reaches them. */
  readonly gateways: readonly string[];
  readonly prometheus: readonly string[];
  /** HAProxy's frontend for statistics. */
  readonly statistics: string;
}

export const SCRAPE_INTERVAL_SECONDS = 0.5;

/** All that differs from docker/prometheus beside addresses: a run lasts a minute, not an hour. */
const SHORTER_INTERVALS = {
  'scrape_interval: 5s': `scrape_interval: ${SCRAPE_INTERVAL_SECONDS * 1_000}ms`,
  'scrape_timeout: 4s': 'scrape_timeout: 500ms',
  // The federation.
  'scrape_interval: 15s': 'scrape_interval: 2s',
  'scrape_timeout: 10s': 'scrape_timeout: 2s',
  'evaluation_interval: 15s': 'evaluation_interval: 500ms',
};

/** docker/prometheus/prometheus-1.yml, -2 or -3. */
export function prometheusConfig(replica: number, { gateways, prometheus, statistics }: Places): Promise<string> {
  const others = prometheus
    .map((address, at) => [`prometheus-${at + 1}:9090`, address] as const)
    .filter((_, at) => at !== replica);
  return dockerConfig(`prometheus/prometheus-${replica + 1}.yml`, {
    ...SHORTER_INTERVALS,
    'rules.yml': join(DOCKER_FOLDER, 'prometheus/rules.yml'),
    'localhost:9090': prometheus[replica] as string,
    'haproxy:8404': statistics,
    ...Object.fromEntries(others),
    ...gatewayAddresses(gateways),
  });
}

/** docker/haproxy/haproxy.cfg. */
export function haproxyConfig(
  pushes: string,
  peers: string,
  { gateways, statistics }: Pick<Places, 'gateways' | 'statistics'>,
): Promise<string> {
  return dockerConfig('haproxy/haproxy.cfg', {
    'bind :9091': `bind ${pushes}`,
    'bind :8404': `bind ${statistics}`,
    '127.0.0.1:10000': peers,
    ...gatewayAddresses(gateways),
  });
}

function gatewayAddresses(gateways: readonly string[]): Record<string, string> {
  return Object.fromEntries(gateways.map((address, at) => [`gateway-${at + 1}:9091`, address]));
}
