import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { broadcastConfig } from './broadcast.js';
import { haproxyConfig } from './docker.js';

type PushgatewayOptions = NonNullable<PrometheusPushgatewayModuleOptions['pushgateway']>;

/** Addresses of loopback that HAProxy listens on or sends to. */
export interface BalancerPlaces {
  readonly pushes: string;
  readonly statistics: string;
  readonly peers: string;
  readonly gateways: readonly string[];
}

/** A way to spread pushes over the gateways, and to read them in Prometheus. */
export interface Strategy {
  readonly name: string;
  /** Content of haproxy.cfg, if HAProxy stands between pushers and gateways. */
  readonly balancer?: (places: BalancerPlaces) => string | Promise<string>;
  /** What an application is told. */
  readonly pushgateway: (places: { gateways: readonly string[]; balancer: string }) => PushgatewayOptions;
  /**
   * Turns docker's configuration of Prometheus into the one this strategy asks for; further files, such as recording rules,
   * go into the folder. Default: as it is.
   */
  readonly prometheus?: (
    config: string,
    places: { jobs: readonly string[]; folder: string },
  ) => string | Promise<string>;
}

/** Strategies of HAProxy alone: what its backend says. */
const BALANCING = {
  'haproxy roundrobin': 'balance roundrobin',
  'haproxy uri': 'balance uri\n  hash-type consistent',
  'haproxy stick': 'balance uri\n  hash-type consistent\n  stick-table type string len 256 size 100k\n  stick on path',
} as const;

const throughBalancer: Strategy['pushgateway'] = ({ balancer }) => ({ host: balancer });

export const strategies: readonly Strategy[] = [
  ...Object.entries(BALANCING).map(([name, balancing]) => ({
    name,
    balancer: (places: BalancerPlaces) => plainBalancer(balancing, places),
    pushgateway: throughBalancer,
  })),
  {
    name: 'ours, HAProxy',
    balancer: ({ pushes, peers, ...places }) => haproxyConfig(pushes, peers, places),
    pushgateway: throughBalancer,
  },
  { name: 'ours, list', pushgateway: ({ gateways }) => ({ host: gateways }) },
  {
    name: 'ours, broadcast',
    pushgateway: ({ gateways }) => ({ host: gateways, strategy: 'broadcast' }),
    prometheus: broadcastConfig,
  },
];

/** As one configures HAProxy for any web service. */
function plainBalancer(balancing: string, { pushes, statistics, gateways }: BalancerPlaces): string {
  const servers = gateways.map((gateway, at) => `  server gateway-${at + 1} ${gateway}`).join('\n');
  return `
defaults
  mode http
  timeout connect 500ms
  timeout client 5s
  timeout server 5s
  retries 2
  option redispatch 1
frontend pushes
  bind ${pushes}
  default_backend gateways
frontend statistics
  bind ${statistics}
  http-request use-service prometheus-exporter if { path /metrics }
backend gateways
  ${balancing}
  option httpchk GET /-/ready
  default-server check inter 1s fall 2 rise 2
${servers}
`;
}
