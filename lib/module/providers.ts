import { type Provider } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { PackageLogger } from '../log/package-logger.js';
import { UpdateBuffers } from '../buffer/index.js';
import { type GatewayPool, PushgatewayClient } from '../gateway/index.js';
import { activeSpan, type MetricPusher, MetricsService } from '../metrics/index.js';
import { metricsBegin } from '../metrics/living-metrics.js';
import type { Group } from '../model/index.js';
import {
  describeRedis,
  isRedisClient,
  loadCronFor,
  RESOLVED_OPTIONS,
  resolveOptions,
  type ResolvedOptions,
  unknownRedisOptions,
} from '../options/index.js';
import { CounterRestorer, PrometheusClient } from '../prometheus/index.js';
import { knownSeries } from '../prometheus/series-in-prometheus.js';
import {
  Announcer,
  Collectors,
  GroupReader,
  GroupRemover,
  AbandonedGroups,
  Presence,
  ProcessGroup,
  PushHistory,
  PushService,
  Shutdown,
} from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { Collecting } from './collecting.js';
import { MetricsEvents } from './events/index.js';
import { Happenings } from './happenings.js';
import { Instruments } from './instruments.js';
import { MODULE_NAME, MODULE_OPTIONS_TOKEN } from './module-definition.js';
import { PoolOnDemand } from './pool-on-demand.js';
import { isCommandProcess } from './scheduling.js';
import { SelfMetrics } from './self-metrics.js';
import { StoreOnDemand } from './store-on-demand.js';

/** The gateways of this application. */
export const GATEWAY_POOL = Symbol('PrometheusPushgatewayGatewayPool');

/** The way of the data, put together: buffer, store, text, gateway. */
export const providers: Provider[] = [
  { provide: MODULE_NAME, useFactory: () => undefined },
  { provide: RESOLVED_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: checkedOptions },
  { provide: STORE, inject: [RESOLVED_OPTIONS], useFactory: createStore },
  {
    provide: UpdateBuffers,
    inject: [RESOLVED_OPTIONS, STORE, Happenings],
    useFactory: (options: ResolvedOptions, store: Store, happenings: Happenings) =>
      new UpdateBuffers(groupsOf(options), store, options.flushIntervalMs, happenings).starting(),
  },
  {
    provide: GroupReader,
    inject: [RESOLVED_OPTIONS, UpdateBuffers, STORE],
    useFactory: (options: ResolvedOptions, buffers: UpdateBuffers, store: Store) =>
      new GroupReader(groupsOf(options), buffers, store.series),
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
    provide: CounterRestorer,
    inject: [PrometheusClient, STORE, RESOLVED_OPTIONS],
    useFactory: (prometheus: PrometheusClient, store: Store, { prometheusLabels }: ResolvedOptions) =>
      new CounterRestorer(prometheus, store.series, prometheusLabels),
  },
  SelfMetrics,
  PushHistory,
  MetricsEvents,
  {
    provide: Happenings,
    inject: [RESOLVED_OPTIONS, STORE, SelfMetrics, PushHistory, MetricsEvents],
    useFactory: (
      options: ResolvedOptions,
      { address }: Store,
      selfMetrics: SelfMetrics,
      history: PushHistory,
      events: MetricsEvents,
    ) => new Happenings(groupsOf(options), address, selfMetrics, history, events),
  },
  Collectors,
  {
    provide: Collecting,
    inject: [Collectors, ModuleRef, ModulesContainer],
    useFactory: (collectors: Collectors, moduleRef: ModuleRef, modules: ModulesContainer) =>
      new Collecting(collectors, moduleRef, isCommandProcess(modules)),
  },
  {
    provide: Presence,
    inject: [RESOLVED_OPTIONS, STORE],
    useFactory: (options: ResolvedOptions, { signsOfLife }: Store) => {
      const gateways = options.gateways.map(({ url }) => url);
      return new Presence(options, groupsOf(options), gateways, signsOfLife);
    },
  },
  {
    provide: GATEWAY_POOL,
    inject: [RESOLVED_OPTIONS, PrometheusClient, STORE, Presence, Happenings],
    useFactory: createGatewayPool,
  },
  {
    provide: PushService,
    inject: [
      RESOLVED_OPTIONS,
      GroupReader,
      STORE,
      GATEWAY_POOL,
      CounterRestorer,
      Presence,
      Happenings,
      UpdateBuffers,
      Collectors,
    ],
    useFactory: (
      { announceForMs, startTimes, gateways }: ResolvedOptions,
      reader: GroupReader,
      store: Store,
      pool: GatewayPool,
      restorer: CounterRestorer,
      presence: Presence,
      listener: Happenings,
      buffers: UpdateBuffers,
      collectors: Collectors,
    ) => {
      const tellLoss = (job: string, what: string): void => {
        buffers.tellLoss(job, what);
      };
      const { timeoutMs } = gateways[0];
      // Text has no place for them.
      const exemplars = gateways.some(({ format }) => format !== 'text');
      return new PushService({
        reader,
        store,
        pool,
        timeoutMs,
        presence,
        restorer,
        collectors,
        listener,
        tellLoss,
        announceForMs,
        startTimes,
        exemplars,
      });
    },
  },
  {
    provide: Announcer,
    inject: [RESOLVED_OPTIONS, PushService, GroupReader, STORE, PrometheusClient],
    useFactory: (
      { prometheusLabels }: ResolvedOptions,
      pushService: PushService,
      reader: GroupReader,
      store: Store,
      prometheus: PrometheusClient,
    ) => new Announcer(pushService, reader, store, knownSeries(prometheus, prometheusLabels)),
  },
  {
    provide: GroupRemover,
    inject: [RESOLVED_OPTIONS, STORE, GATEWAY_POOL, Presence],
    useFactory: ({ gateways }: ResolvedOptions, store: Store, pool: GatewayPool, presence: Presence) =>
      new GroupRemover(store, pool, gateways[0].timeoutMs, presence),
  },
  {
    provide: AbandonedGroups,
    inject: [RESOLVED_OPTIONS, STORE, Presence, GroupRemover],
    useFactory: (options: ResolvedOptions, { signsOfLife }: Store, presence: Presence, remover: GroupRemover) =>
      new AbandonedGroups(options, presence, signsOfLife, remover),
  },
  {
    provide: ProcessGroup,
    inject: [RESOLVED_OPTIONS, STORE, GATEWAY_POOL],
    useFactory: (options: ResolvedOptions, store: Store, pool: GatewayPool) => {
      const [group] = groupsOf(options) as [Group];
      const gateways = options.gateways.map(({ url }) => url);
      return new ProcessGroup({ group, gateways, timeoutMs: options.gateways[0].timeoutMs }, store, pool);
    },
  },
  {
    provide: Shutdown,
    inject: [RESOLVED_OPTIONS, UpdateBuffers, PushService, AbandonedGroups, STORE, ProcessGroup],
    useFactory: (
      options: ResolvedOptions,
      buffers: UpdateBuffers,
      pushService: PushService,
      abandoned: AbandonedGroups,
      store: Store,
      processGroup: ProcessGroup,
    ) => new Shutdown(options, buffers, pushService, abandoned, store, processGroup),
  },
  {
    provide: MetricsService,
    inject: [
      RESOLVED_OPTIONS,
      UpdateBuffers,
      GroupReader,
      PushService,
      Announcer,
      SelfMetrics,
      Happenings,
      Collecting,
      ProcessGroup,
      MODULE_NAME,
    ],
    useFactory: createMetricsService,
  },
  {
    provide: Instruments,
    inject: [RESOLVED_OPTIONS, MetricsService, ProcessGroup, HttpAdapterHost, ModulesContainer],
    useFactory: (
      { instrument }: ResolvedOptions,
      metrics: MetricsService,
      processGroup: ProcessGroup,
      adapterHost: HttpAdapterHost,
      modules: ModulesContainer,
    ) => Instruments.begin(instrument, { metrics, processGroup, adapterHost, modules }),
  },
];

async function checkedOptions(options: unknown): Promise<ResolvedOptions> {
  await loadCronFor(options);
  const resolved = resolveOptions(options);
  const unknown = unknownRedisOptions(resolved.redis);
  if (unknown.length > 0) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    new PackageLogger().warn(`pushgateway.redis: ioredis knows no option ${names}, and may ignore it`);
  }
  return resolved;
}

function createGatewayPool(
  options: ResolvedOptions,
  prometheus: PrometheusClient,
  { ledgers }: Store,
  peers: Presence,
  listener: Happenings,
): GatewayPool {
  return new PoolOnDemand(
    options.gateways.map(({ url }) => url),
    async () => {
      const { gatewayPool } = await import(/* webpackMode: "eager" */ '../gateway/pools.js');
      return gatewayPool(options, prometheus, ledgers, peers, listener);
    },
  );
}

async function createMetricsService(
  options: ResolvedOptions,
  buffers: UpdateBuffers,
  reader: GroupReader,
  pushService: PushService,
  announcer: Announcer,
  selfMetrics: SelfMetrics,
  happenings: Happenings,
  collecting: Collecting,
  processGroup: ProcessGroup,
  name: string | undefined,
): Promise<MetricsService> {
  const pusher: MetricPusher = {
    push: async (job, mode) => {
      // Without ticks the group of the process goes along with the first job.
      const isAlone = options.autoPush === false && job === options.jobs[0];
      const alongside = isAlone ? processGroup.push() : undefined;
      const result = await pushService.push(job, { mode, collects: true });
      await alongside;
      return result;
    },
    announce: (job, announcing) => announcer.announce(job, announcing),
    delete: (job) => pushService.delete(job),
    status: (job) => pushService.status(job),
  };
  const limits = { ...options, overflowed: happenings.overflowed.bind(happenings) };
  const source = options.exemplars === 'active-span' ? await activeSpan() : undefined;
  const service = new MetricsService(options.jobs, buffers, reader, pusher, limits, source, collecting.add);
  for (const definition of options.metrics) service.define(definition, 'the options of forRoot');
  if (options.selfMetrics) selfMetrics.define(service, buffers, options.isBroadcast);
  metricsBegin(service, name);
  return service;
}

/** Only the store that is used is loaded. With a client of the user's, which has been loaded, at once: it may change. */
async function createStore({
  redis,
  keyPrefix,
  announceForMs,
  waitForReplicas,
  seriesTtlMs,
}: ResolvedOptions): Promise<Store> {
  const options = {
    isStarting: true,
    notesNew: announceForMs > 0,
    waitForReplicas,
    ...(seriesTtlMs !== undefined && { seriesTtlMs }),
  };
  if (redis === 'memory') {
    const { MemoryStore } = await import(/* webpackMode: "eager" */ '../store/memory/memory.store.js');
    return new MemoryStore(options);
  }
  const load = async (): Promise<Store> => {
    const { RedisStore } = await import(/* webpackMode: "eager" */ '../store/redis/redis.store.js');
    return new RedisStore(redis, keyPrefix, options);
  };
  return isRedisClient(redis) ? load() : new StoreOnDemand(describeRedis(redis).address, load);
}

export function groupsOf({ jobs, instance, groupingLabels }: ResolvedOptions): Group[] {
  return jobs.map((job) => ({ job, instance, labels: groupingLabels }));
}
