import type { Endpoint } from './endpoint.js';
import type { PrometheusOptions, PrometheusPushgatewayModuleOptions, PushgatewayOptions } from './module-options.js';
import type { WithDefaults } from './option.js';
import type { BESIDE_THEM, PASSED_ON } from './schema.js';

/** How a push travels. */
export type PushTransport = Required<Pick<PushgatewayOptions, 'format' | 'gzip' | 'expectContinue'>>;

/**
 * The options after validation, every default filled in: what the rest of the package works with. Most are as they were given,
 * under their names. What follows from several of them is decided in `validate.ts`, once.
 */
export interface ResolvedOptions
  extends
    WithDefaults<PushgatewayOptions, typeof PASSED_ON>,
    Omit<WithDefaults<PrometheusPushgatewayModuleOptions, typeof BESIDE_THEM>, 'pushOnShutdown'> {
  readonly prometheus: Endpoint;
  /** Labels of our series in Prometheus beside those that are pushed. */
  readonly prometheusLabels: NonNullable<PrometheusOptions['labels']>;
  readonly instance: string;
  readonly groupingLabels: NonNullable<PushgatewayOptions['groupingLabels']>;
  readonly jobs: readonly [string, ...string[]];
  /** All gateways; credentials, time-out and transport are the same for each. */
  readonly gateways: readonly [Endpoint & PushTransport, ...(Endpoint & PushTransport)[]];
  /** Gateways that were configured once, each with credentials of its own. */
  readonly formerGateways: readonly Endpoint[];
  /**
   * Whether Prometheus sees a copy of each group on every gateway. With one gateway it does not. Even then `strategy` says
   * how this process treats copies of other processes, such as those on a second gateway after the next deploy.
   */
  readonly isBroadcast: boolean;
  readonly pushOnShutdown: boolean;
  /** Text has no place for them. */
  readonly startTimes: boolean;
  /**
   * Longest time between two pushes that the application makes by itself, in milliseconds; undefined if it makes none.
   * Computed when it is read: for a cron expression that takes time.
   */
  readonly pushIntervalMs: number | undefined;
}

/** Whether groups go to several gateways, each with a copy that Prometheus sees. */
export function isBroadcast({ strategy, gateways }: Pick<ResolvedOptions, 'strategy' | 'gateways'>): boolean {
  return strategy === 'broadcast' && gateways.length > 1;
}
