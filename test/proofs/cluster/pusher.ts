/**
 * A replica of an application, as a process: `fork('pusher.js', [<PusherPlan as JSON>])`. Counts when it is told to, and
 * pushes by itself.
 */
import 'reflect-metadata';
import { Socket } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MetricsService,
  PrometheusPushgatewayModule,
  type PrometheusPushgatewayModuleOptions,
} from 'nestjs-prometheus-pushgateway';

export interface PusherPlan {
  readonly options: PrometheusPushgatewayModuleOptions;
  /**
   * Ports of loopback that connections really go to. The application knows gateways by the addresses that Prometheus scrapes
   * them at; what the network between them does is up to a proxy.
   */
  readonly ways: Readonly<Record<number, number>>;
}

export type Order =
  | { readonly kind: 'count'; readonly amount: number }
  /** The first events of another counter. */
  | { readonly kind: 'begin'; readonly amount: number }
  /** Answered with the results. */
  | { readonly kind: 'push'; readonly id: number }
  /** Answered with the text of every job, everything counted here stored first. */
  | { readonly kind: 'read'; readonly id: number }
  | { readonly kind: 'end' };

export type News =
  | { readonly kind: 'ready' }
  /** So much of what it has counted is surely in Redis. */
  | { readonly kind: 'stored'; readonly total: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown };

const { options, ways } = JSON.parse(process.argv[2] ?? '{}') as PusherPlan;
goOtherWays();

@Module({ imports: [PrometheusPushgatewayModule.forRoot(options)] })
class PusherModule {}

const context = await NestFactory.createApplicationContext(PusherModule, { logger: ['error', 'warn'] });
const metrics = context.get(MetricsService);
const jobs = [...options.prometheus.jobs];
const orders = metrics.counter({ name: 'orders_total', help: 'Orders', jobs });
/** With a label: without one it would be there, as 0, from the start. */
const refunds = metrics.counter({ name: 'refunds_total', help: 'Refunds', labelNames: ['type'], jobs });
let counted = 0;

process.on('message', (order: Order) => void obey(order));
// A pusher that nobody commands any more would push for ever.
process.once('disconnect', () => process.exit());
tell({ kind: 'ready' });

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'count': {
      orders.inc(order.amount);
      counted += order.amount;
      await store();
      break;
    }
    case 'begin':
      refunds.inc({ type: 'late' }, order.amount);
      break;
    case 'push': {
      const results = await metrics.pushAll();
      const value = results.map(({ error, ...result }) => ({
        ...result,
        ...(error && { code: (error as NodeJS.ErrnoException).code }),
      }));
      tell({ kind: 'answer', id: order.id, value });
      break;
    }
    case 'read': {
      await store();
      const value = await Promise.all(options.prometheus.jobs.map((job) => metrics.text(job))).catch(() => undefined);
      tell({ kind: 'answer', id: order.id, value });
      break;
    }
    case 'end':
      await store();
      await context.close();
      process.exit();
  }
}

/** Says what is stored; if Redis is away just now, the next time does. */
async function store(): Promise<void> {
  const total = counted;
  const isStored = await metrics.flush().then(
    () => true,
    () => false,
  );
  if (isStored) tell({ kind: 'stored', total });
}

function tell(news: News): void {
  process.send?.(news);
}

function goOtherWays(): void {
  const prototype = Socket.prototype as unknown as Record<'connect', (...args: unknown[]) => unknown>;
  const connect = prototype.connect;
  prototype.connect = function (this: Socket, ...args) {
    // `net.connect` hands its arguments over as one list that begins with the options.
    const target = (Array.isArray(args[0]) ? args[0][0] : args[0]) as { port?: number | string } | undefined;
    const way = ways[Number(target?.port)];
    if (target && way !== undefined) target.port = way;
    return connect.apply(this, args);
  };
}
