import type { FactoryProvider } from '@nestjs/common';
import { UpdateBuffers } from '../buffer/index.js';
import { PushgatewayClient } from '../gateway/index.js';
import type { PushResult } from '../model/index.js';
import { Happenings } from '../module/happenings.js';
import { MODULE_OPTIONS_TOKEN } from '../module/module-definition.js';
import { GATEWAY_POOL, groupsOf } from '../module/providers.js';
import {
  type PrometheusPushgatewayModuleOptions,
  RESOLVED_OPTIONS,
  resolveOptions,
  type ResolvedOptions,
} from '../options/index.js';
import { PrometheusClient } from '../prometheus/index.js';
import { Announcer, GroupReader, Presence, ProcessGroup, PushService, Shutdown } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { RecordingGateways } from './recorded-pushes.js';
import { withoutNetwork } from './without-network.js';

/** The job of a test whose application names none. */
export const TEST_JOB = 'test';

/**
 * What takes the place of the providers that reach a server or set a timer. All else is the real thing: definitions, checks,
 * buffers, the store in memory, the text.
 */
export const OVERRIDES: readonly FactoryProvider[] = [
  { provide: RESOLVED_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: optionsInMemory },
  {
    provide: UpdateBuffers,
    inject: [RESOLVED_OPTIONS, STORE, Happenings],
    useFactory: (options: ResolvedOptions, store: Store, happenings: Happenings) =>
      new BuffersOnDemand(groupsOf(options), store, Infinity, happenings),
  },
  {
    provide: PushgatewayClient,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ gateways }: ResolvedOptions) =>
      withoutNetwork(PushgatewayClient.of(gateways[0]), [
        'push',
        'pushAdd',
        'delete',
        'status',
        'contents',
        'locate',
        'identify',
      ]),
  },
  {
    provide: PrometheusClient,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ prometheus }: ResolvedOptions) =>
      withoutNetwork(PrometheusClient.of(prometheus), ['query', 'queryRange', 'series']),
  },
  // Nobody else is told that this process lives.
  { provide: Presence, useFactory: () => ({ begin: () => Promise.resolve(), hasBegun: false }) },
  {
    provide: GATEWAY_POOL,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ gateways, isBroadcast }: ResolvedOptions) =>
      new RecordingGateways(
        gateways.map(({ url }) => url.replace(/\/$/, '')),
        isBroadcast,
      ),
  },
  {
    provide: PushService,
    inject: [RESOLVED_OPTIONS, GroupReader, STORE, GATEWAY_POOL, Happenings],
    useFactory: pushServiceWithoutPrometheus,
  },
  // A test looks at what was counted, not at its own process.
  {
    provide: ProcessGroup,
    inject: [RESOLVED_OPTIONS],
    useFactory: (options: ResolvedOptions) => ({
      group: groupsOf(options)[0],
      hasBegun: false,
      add: () => undefined,
      push: () => Promise.resolve(undefined),
    }),
  },
  {
    provide: Announcer,
    inject: [GroupReader],
    useFactory: (reader: GroupReader) => ({ announce: (job: string) => Promise.resolve(notAnnounced(reader, job)) }),
  },
  {
    provide: Shutdown,
    inject: [UpdateBuffers],
    useFactory: (buffers: UpdateBuffers) => ({
      run: (): Promise<void> => {
        buffers.stop();
        return Promise.resolve();
      },
      leaveGatewaysAlone: () => undefined,
    }),
  },
];

/** Stores when it is asked to: before values are read. */
class BuffersOnDemand extends UpdateBuffers {
  override started(): void {
    // No looks at what other processes define: there are none.
  }
}

/** @throws ConfigurationError for what the real application would refuse too */
function optionsInMemory(given: PrometheusPushgatewayModuleOptions): ResolvedOptions {
  const { prometheus, pushgateway = {}, ...beside } = given;
  const { staleGroupAfterMs: _, ...reaching } = pushgateway;
  return resolveOptions({
    ...beside,
    prometheus: { ...prometheus, jobs: (prometheus as typeof prometheus | undefined)?.jobs ?? [TEST_JOB] },
    pushgateway: { ...reaching, redis: 'memory', waitForReplicas: 0 },
    autoPush: false,
    pushOnShutdown: false,
    deleteOnShutdown: false,
    announceForMs: 0,
  });
}

/** Values that wait for what Prometheus has seen would wait for ever. */
function pushServiceWithoutPrometheus(
  { gateways, startTimes }: ResolvedOptions,
  reader: GroupReader,
  store: Store,
  pool: RecordingGateways,
  listener: Happenings,
): PushService {
  return new PushService({ reader, store, pool, timeoutMs: gateways[0].timeoutMs, startTimes, listener });
}

function notAnnounced(reader: GroupReader, job: string): PushResult {
  return {
    job,
    instance: reader.groupOf(job).instance,
    gateway: '',
    gateways: [],
    outcome: 'skipped',
    series: 0,
    bytes: 0,
    durationMs: 0,
    reason: 'nobody scrapes in a test',
  };
}
