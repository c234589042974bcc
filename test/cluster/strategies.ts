import { PushgatewayClient } from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startHaproxy } from '../support/servers.js';

/** A way to spread pushes over the gateways. */
export interface Strategy {
  readonly name: string;
  /** What has to stand between pusher and gateways. */
  start(gateways: readonly string[]): Promise<Pusher>;
}

export interface Pusher {
  push(job: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

const PUSH_TIMEOUT_MS = 1_000;

/** Strategies of HAProxy alone: what its backend says. */
const BALANCING = {
  'haproxy roundrobin': 'balance roundrobin',
  'haproxy uri': 'balance uri\n  hash-type consistent',
  'haproxy stick': 'balance uri\n  hash-type consistent\n  stick-table type string len 256 size 100k\n  stick on path',
} as const;

export const strategies: readonly Strategy[] = Object.entries(BALANCING).map(([name, balancing]) => ({
  name,
  start: async (gateways) => {
    const haproxy = await startHaproxy({ config: ({ address }) => haproxyConfig(address, balancing, gateways) });
    return pusherThrough(haproxy);
  },
}));

function pusherThrough(haproxy: RunningServer): Pusher {
  const client = new PushgatewayClient({ host: haproxy.address, timeoutMs: PUSH_TIMEOUT_MS });
  return {
    push: (job, text) => client.push({ job }, text),
    stop: () => haproxy.stop(),
  };
}

function haproxyConfig(address: string, balancing: string, gateways: readonly string[]): string {
  const servers = gateways.map((gateway, at) => `  server gateway${at + 1} ${gateway}`).join('\n');
  return `
defaults
  mode http
  timeout connect 500ms
  timeout client 5s
  timeout server 5s
  retries 2
  option redispatch 1
frontend pushes
  bind ${address}
  default_backend gateways
backend gateways
  ${balancing}
  option httpchk GET /-/ready
  default-server check inter 1s fall 2 rise 2
${servers}
`;
}
