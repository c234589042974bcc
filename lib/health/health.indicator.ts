import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { ConfigurationError } from '../errors/index.js';
import { type GatewayPool, PushgatewayClient } from '../gateway/index.js';
import { GATEWAY_POOL } from '../module/providers.js';
import { RESOLVED_OPTIONS, type ResolvedOptions, tokenIn } from '../options/index.js';
import { GroupReader } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { within } from './within.js';

/** How a server is judged. */
export interface HealthOptions {
  /**
   * Whether a fault is `down`, and so fails the whole check. Otherwise it is `degraded`, or with terminus 11, which does not know that,
   * `up` with a message: an application that counts in memory meanwhile need not be taken out of service.
   * @defaultValue `false`
   */
  required?: boolean;
  /**
   * Longest wait for an answer, in milliseconds.
   * @defaultValue `1000`
   */
  timeoutMs?: number;
  /**
   * The module that is meant, where the application has several: what `name` of its `forRoot` says.
   * @defaultValue the one without a name
   */
  name?: string;
}

/** How the latest push is judged. */
export interface LastPushOptions extends HealthOptions {
  /**
   * How old it may be, in milliseconds.
   * @defaultValue three times the interval of `autoPush`; needed without one
   */
  maxAgeMs?: number;
}

const DEFAULT_TIMEOUT_MS = 1_000;
/** One push may fail, another come late. */
const INTERVALS = 3;

/** What is wrong, for people; undefined if nothing is. */
interface Finding {
  readonly fault?: string;
  /** Stands beside the status. */
  readonly data: Record<string, unknown>;
}

/**
 * Health indicators for `@nestjs/terminus`. None of them throws for what a server does, and no answer holds a credential.
 *
 * @example
 * ```ts
 * this.health.check([() => this.metrics.store(), () => this.metrics.gateways(), () => this.metrics.lastPush()]);
 * ```
 */
@Injectable()
export class PrometheusPushgatewayHealthIndicator {
  /** Private at run time too: `util.inspect` would print everything that can be reached from here. */
  readonly #modules: ModuleRef;
  readonly #health: HealthIndicatorService;
  /** By the monotonic clock. */
  readonly #startedAt = performance.now();

  /** @internal Nest makes it. */
  constructor(@Inject(ModuleRef) modules: ModuleRef, @Inject(HealthIndicatorService) health: HealthIndicatorService) {
    this.#modules = modules;
    this.#health = health;
  }

  /**
   * Whether Redis answers. While it does not, counts wait in memory.
   * @param key Name in the answer. Default `'metrics-store'`.
   */
  store(key = 'metrics-store', options: HealthOptions = {}): Promise<HealthIndicatorResult> {
    const store = this.#find<Store>(STORE, options.name);
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    return this.#judged(key, options, async () => {
      await within(timeoutMs, () => store.ping());
      return { data: {} };
    });
  }

  /**
   * Whether each configured gateway answers, or the load balancer before them. With one that does not, values wait in Redis or go to
   * another.
   * @param key Name in the answer. Default `'pushgateways'`.
   */
  gateways(key = 'pushgateways', options: HealthOptions = {}): Promise<HealthIndicatorResult> {
    const { gateways } = this.#options(options.name);
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const isTest = this.#find<GatewayPool>(GATEWAY_POOL, options.name).isRecording === true;
    return this.#judged(key, options, async () => {
      const faults = await Promise.all(
        gateways.map(async (gateway) => (isTest ? undefined : faultOf(gateway, timeoutMs))),
      );
      const answers = Object.fromEntries(gateways.map(({ url }, at) => [url, faults[at] ?? 'answers']));
      const silent = gateways.filter((_, at) => faults[at] !== undefined).map(({ url }) => url);
      return {
        data: { gateways: answers },
        ...(silent.length > 0 && { fault: `no good answer of ${silent.join(', ')}` }),
      };
    });
  }

  /**
   * Whether each job was pushed lately, by whichever replica. A job that has nothing to push is well, and so is one that was never pushed
   * while the application is younger than `maxAgeMs`.
   * @param key Name in the answer. Default `'last-push'`.
   * @throws ConfigurationError without `maxAgeMs` where `autoPush` is false
   */
  async lastPush(key = 'last-push', options: LastPushOptions = {}): Promise<HealthIndicatorResult> {
    const { pushIntervalMs, jobs } = this.#options(options.name);
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const maxAgeMs = options.maxAgeMs ?? (pushIntervalMs && pushIntervalMs * INTERVALS);
    if (maxAgeMs === undefined) {
      throw new ConfigurationError(`Health indicator "${key}": expected maxAgeMs, as autoPush is off, got nothing`);
    }
    return this.#judged(key, options, async () => {
      const ages = await within(timeoutMs, () => Promise.all(jobs.map((job) => this.#ageOf(job, options.name))));
      const tooOld = jobs.filter((_, at) => {
        const age = ages[at];
        return age === 'never'
          ? performance.now() - this.#startedAt > maxAgeMs
          : typeof age === 'number' && age > maxAgeMs;
      });
      const data = { maxAgeMs, ageMs: Object.fromEntries(jobs.map((job, at) => [job, ages[at]])) };
      return { data, ...(tooOld.length > 0 && { fault: `not pushed for over ${maxAgeMs} ms: ${tooOld.join(', ')}` }) };
    });
  }

  /** In milliseconds, by the store's clock alone. */
  async #ageOf(job: string, name: string | undefined): Promise<number | 'never' | 'nothing to push'> {
    const store = this.#find<Store>(STORE, name);
    const group = this.#find<GroupReader>(GroupReader, name).groupOf(job);
    const { pushedAt, now } = await store.ledgers.read(group);
    if (pushedAt !== undefined) return Math.max(0, now - pushedAt);
    return (await store.series.definitions(group)).length === 0 ? 'nothing to push' : 'never';
  }

  async #judged(
    key: string,
    { required = false }: HealthOptions,
    find: () => Promise<Finding>,
  ): Promise<HealthIndicatorResult> {
    const begun = performance.now();
    const found = await find().catch((error: unknown): Finding => ({ fault: (error as Error).message, data: {} }));
    const { fault } = found;
    const data = { ...found.data, responseTimeMs: Math.round(performance.now() - begun) };
    const session = this.#health.check(key);
    if (fault === undefined) return session.up(data);
    if (required) return session.down({ ...data, message: fault });
    // Terminus 11 knows up and down.
    const hasDegraded = typeof (session as Partial<typeof session>).degraded === 'function';
    return hasDegraded ? session.degraded({ ...data, message: fault }) : session.up({ ...data, message: fault });
  }

  #options(name: string | undefined): ResolvedOptions {
    return this.#find<ResolvedOptions>(RESOLVED_OPTIONS, name);
  }

  /** Wherever it is imported: also with `isGlobal: false`. */
  #find<T>(token: symbol | Type<T>, name: string | undefined): T {
    try {
      return this.#modules.get<T>(tokenIn(name, token), { strict: false });
    } catch {
      throw new ConfigurationError(
        'PrometheusPushgatewayHealthModule needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...): import that too' +
          (name === undefined ? '' : ` (with the name "${name}")`),
      );
    }
  }
}

/** Undefined if it answers. The address stands before it already. */
function faultOf(gateway: ResolvedOptions['gateways'][0], timeoutMs: number): Promise<string | undefined> {
  return within(timeoutMs, (signal) => PushgatewayClient.of(gateway).identify(signal)).then(
    () => undefined,
    (error: unknown) => (error as Error).message.replace(`Pushgateway ${gateway.url} `, ''),
  );
}
