import type { FactoryProvider } from '@nestjs/common';
import { UpdateBuffers } from '../buffer/index.js';
import type { GatewayPool } from '../gateway/index.js';
import { MetricsService } from '../metrics/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { AbandonedGroups, Collectors, ProcessGroup, PushService, Shutdown } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { Collecting } from './collecting.js';
import { MetricsEvents } from './events/index.js';
import { Instruments } from './instruments.js';
import { MODULE_NAME } from './module-definition.js';
import { GATEWAY_POOL } from './providers.js';
import type { FindSchedulerRegistry } from './scheduling.js';

export const SCHEDULING = Symbol('PrometheusPushgatewayScheduling');

/** What the module starts and ends. */
export interface Parts {
  readonly name: string | undefined;
  readonly metrics: MetricsService;
  readonly buffers: UpdateBuffers;
  readonly pushService: PushService;
  readonly shutdown: Shutdown;
  readonly abandoned: AbandonedGroups;
  readonly collecting: Collecting;
  readonly collectors: Collectors;
  readonly processGroup: ProcessGroup;
  readonly instruments: Instruments;
  readonly events: MetricsEvents;
  readonly store: Store;
  readonly pool: GatewayPool;
  readonly options: ResolvedOptions;
  readonly findSchedulerRegistry: FindSchedulerRegistry;
}

/** One token for all of them: a module with a name has another one. */
export const PARTS = Symbol('PrometheusPushgatewayParts');

const TOKENS = {
  name: MODULE_NAME,
  metrics: MetricsService,
  buffers: UpdateBuffers,
  pushService: PushService,
  shutdown: Shutdown,
  abandoned: AbandonedGroups,
  collecting: Collecting,
  collectors: Collectors,
  processGroup: ProcessGroup,
  instruments: Instruments,
  events: MetricsEvents,
  store: STORE,
  pool: GATEWAY_POOL,
  options: RESOLVED_OPTIONS,
  findSchedulerRegistry: SCHEDULING,
};

export const partsProvider: FactoryProvider<Parts> = {
  provide: PARTS,
  inject: Object.values(TOKENS),
  useFactory: (...parts: unknown[]) =>
    Object.fromEntries(Object.keys(TOKENS).map((name, at) => [name, parts[at]])) as unknown as Parts,
};
