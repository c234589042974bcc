import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';
import { MetricsService } from '../metrics/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions, tokenIn } from '../options/index.js';
import { GroupReader, PushHistory } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import type { ResolvedConsoleOptions } from './console-options.js';
import { ConsoleFeed } from './feed/console-feed.js';
import { Tokens } from './http/token.js';
import { type PageSource, pageSource } from './page-source.js';

export const CONSOLE_OPTIONS = Symbol('PrometheusPushgatewayConsoleOptions');

/** What the controller of a console serves. */
@Injectable()
export class Console implements OnModuleInit {
  readonly tokens: Tokens;
  /** Private at run time too: `util.inspect` would print everything that can be reached from here. */
  readonly #modules: ModuleRef;
  readonly #console: ResolvedConsoleOptions;
  #source: PageSource | undefined;
  feed!: ConsoleFeed;
  metrics!: MetricsService;
  options!: ResolvedOptions;
  storeAddress!: string;

  constructor(@Inject(CONSOLE_OPTIONS) console: ResolvedConsoleOptions, @Inject(ModuleRef) modules: ModuleRef) {
    this.#console = console;
    this.#modules = modules;
    this.tokens = new Tokens(console.secret);
  }

  /**
   * By then all providers exist, also those made by factories.
   * @throws ConfigurationError without `PrometheusPushgatewayModule`, and for a Prometheus that is no address
   */
  onModuleInit(): void {
    // Wherever it is imported: also with `isGlobal: false`.
    const find = <T>(token: symbol | Type<T>): T =>
      this.#modules.get<T>(tokenIn(this.#console.name, token), { strict: false });
    try {
      this.options = find<ResolvedOptions>(RESOLVED_OPTIONS);
    } catch {
      throw new ConfigurationError(
        'PrometheusPushgatewayConsoleModule needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...): import that too',
      );
    }
    const store = find<Store>(STORE);
    this.metrics = find<MetricsService>(MetricsService);
    this.storeAddress = store.address;
    this.feed = new ConsoleFeed({
      options: this.options,
      reader: find<GroupReader>(GroupReader),
      metrics: this.metrics,
      store,
      history: find(PushHistory),
      replicas: this.#console.prometheus,
    });
  }

  get source(): PageSource {
    return (this.#source ??= pageSource());
  }
}
