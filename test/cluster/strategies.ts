import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
  PushgatewayClient,
} from 'nestjs-prometheus-pushgateway';
import { type RunningServer, startHaproxy, startRedis } from '../support/servers.js';

/** A way to spread pushes over the gateways. */
export interface Strategy {
  readonly name: string;
  /** What has to stand between pusher and gateways. */
  start(addresses: Addresses): Promise<Pusher>;
}

export interface Addresses {
  readonly gateways: readonly string[];
  readonly prometheus: string;
  readonly jobs: readonly string[];
}

export interface Pusher {
  /** Brings the counter `orders_total` of a job to a value. */
  push(job: string, value: number): Promise<void>;
  stop(): Promise<void>;
}

const PUSH_TIMEOUT_MS = 1_000;

/** Strategies of HAProxy alone: what its backend says. */
const BALANCING = {
  'haproxy roundrobin': 'balance roundrobin',
  'haproxy uri': 'balance uri\n  hash-type consistent',
  'haproxy stick': 'balance uri\n  hash-type consistent\n  stick-table type string len 256 size 100k\n  stick on path',
} as const;

export const strategies: readonly Strategy[] = [
  ...Object.entries(BALANCING).map(([name, balancing]) => ({
    name,
    start: async ({ gateways }: Addresses) =>
      pusherThrough(await startHaproxy({ config: ({ address }) => haproxyConfig(address, balancing, gateways) })),
  })),
  { name: 'ours, list', start: startOurs },
];

function pusherThrough(haproxy: RunningServer): Pusher {
  const client = new PushgatewayClient({ host: haproxy.address, timeoutMs: PUSH_TIMEOUT_MS });
  return {
    push: (job, value) => client.push({ job }, `# TYPE orders_total counter\norders_total ${value}\n`),
    stop: () => haproxy.stop(),
  };
}

/** The product as an application uses it. */
async function startOurs({ gateways, prometheus, jobs }: Addresses): Promise<Pusher> {
  const redis = await startRedis();
  const options: PrometheusPushgatewayModuleOptions = {
    prometheus: { host: prometheus, jobs },
    pushgateway: { host: gateways, redis: redis.address, timeoutMs: PUSH_TIMEOUT_MS },
    metrics: [{ name: 'orders_total', help: 'Orders', type: 'counter', jobs }],
    autoPush: false,
  };
  @Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
  class PusherModule {}
  const context = await NestFactory.createApplicationContext(PusherModule, { logger: ['error'] });
  const metrics = context.get(MetricsService);
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders', jobs });
  let counted = 0;
  return {
    // The counter is of all jobs: the first job of a round counts for the others too.
    push: async (job, value) => {
      orders.inc(value - counted);
      counted = value;
      const { error } = await metrics.push(job);
      if (error) throw error;
    },
    stop: async () => {
      await context.close();
      await redis.stop();
    },
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
