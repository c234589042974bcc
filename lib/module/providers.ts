import type { Provider } from '@nestjs/common';
import { UpdateBuffers } from '../buffer/index.js';
import {
  type GatewayPool,
  prometheusWitness,
  PushgatewayClient,
  SingleGateway,
  StickyGateways,
} from '../gateway/index.js';
import { MetricsService } from '../metrics/index.js';
import type { Group } from '../model/index.js';
import { RESOLVED_OPTIONS, resolveOptions, type ResolvedOptions } from '../options/index.js';
import { PrometheusClient } from '../prometheus/index.js';
import { MetricText, PushService } from '../push/index.js';
import type { Store } from '../store/index.js';
import { MODULE_OPTIONS_TOKEN } from './module-definition.js';

/** The store of this application: Redis or memory. */
export const STORE = Symbol('PrometheusPushgatewayStore');
/** The gateways of this application. */
export const GATEWAY_POOL = Symbol('PrometheusPushgatewayGatewayPool');

/** The way of the data, put together: buffer, store, text, gateway. */
export const providers: Provider[] = [
  { provide: RESOLVED_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: resolveOptions },
  { provide: STORE, inject: [RESOLVED_OPTIONS], useFactory: createStore },
  {
    provide: UpdateBuffers,
    inject: [RESOLVED_OPTIONS, STORE],
    useFactory: (options: ResolvedOptions, store: Store) =>
      new UpdateBuffers(groupsOf(options), store, options.flushIntervalMs),
  },
  {
    provide: MetricText,
    inject: [RESOLVED_OPTIONS, UpdateBuffers, STORE],
    useFactory: (options: ResolvedOptions, buffers: UpdateBuffers, store: Store) =>
      new MetricText(groupsOf(options), buffers, store),
  },
  {
    provide: PushgatewayClient,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ gateways }: ResolvedOptions) => PushgatewayClient.of(gateways[0]),
  },
  {
    provide: PrometheusClient,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ prometheus }: ResolvedOptions) => PrometheusClient.of(prometheus),
  },
  {
    provide: GATEWAY_POOL,
    inject: [RESOLVED_OPTIONS, PushgatewayClient, PrometheusClient, STORE],
    useFactory: createGatewayPool,
  },
  {
    provide: PushService,
    inject: [RESOLVED_OPTIONS, MetricText, STORE, GATEWAY_POOL],
    useFactory: (options: ResolvedOptions, metricText: MetricText, store: Store, pool: GatewayPool) =>
      new PushService(metricText, store, pool, options.gateways[0].timeoutMs),
  },
  {
    provide: MetricsService,
    inject: [RESOLVED_OPTIONS, UpdateBuffers, MetricText, PushService],
    useFactory: createMetricsService,
  },
];

function createGatewayPool(
  { gateways, failoverAfterMs }: ResolvedOptions,
  client: PushgatewayClient,
  prometheus: PrometheusClient,
  store: Store,
): GatewayPool {
  if (gateways.length === 1) return new SingleGateway(client);
  const clients = new Map(gateways.map((gateway) => [gateway.url, PushgatewayClient.of(gateway)]));
  return new StickyGateways({
    gateways: gateways.map(({ url }) => url) as [string, ...string[]],
    clientOf: (url) => clients.get(url) ?? PushgatewayClient.of({ ...gateways[0], url }),
    ledger: store,
    witness: prometheusWitness(prometheus),
    failoverAfterMs,
  });
}

function createMetricsService(
  options: ResolvedOptions,
  buffers: UpdateBuffers,
  metricText: MetricText,
  pushService: PushService,
): MetricsService {
  const service = new MetricsService(options.jobs, buffers, metricText, pushService);
  for (const definition of options.metrics) service.define(definition);
  return service;
}

/** Only the store that is used is loaded. */
async function createStore({ redis, keyPrefix, waitForReplicas }: ResolvedOptions): Promise<Store> {
  if (redis === 'memory') {
    const { MemoryStore } = await import('../store/memory/memory.store.js');
    return new MemoryStore();
  }
  const { RedisStore } = await import('../store/redis/redis.store.js');
  return new RedisStore(redis, keyPrefix, waitForReplicas);
}

function groupsOf({ jobs, instance, groupingLabels }: ResolvedOptions): Group[] {
  return jobs.map((job) => ({ job, instance, labels: groupingLabels }));
}
