import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { MetricsService } from '../metrics/index.js';
import type { ProcessGroup } from '../push/index.js';

/** What an instrument may look at. */
export interface Surroundings {
  /** For its handles. */
  readonly metrics: MetricsService;
  /** For what is of this process alone, and no part of a sum. */
  readonly processGroup: Pick<ProcessGroup, 'add' | 'group'>;
  /** Its adapter may come later, and never comes in a process without HTTP: `init$` tells. */
  readonly adapterHost: HttpAdapterHost;
  /** All modules of the application; most instances are not made yet, but each class has its prototype there. */
  readonly modules: ModulesContainer;
  /** Calls back once all providers are made, and their `onModuleInit` is done. */
  readonly whenStarted: (callback: () => void) => void;
}

/** Ends what an instrument has begun, before the last values are stored. */
export type Stop = () => void | Promise<void>;

/** Begins to measure, while providers are made. `true` in the place of options is `{}`. */
export type Instrument<Options> = (options: Options, surroundings: Surroundings) => Stop | Promise<Stop>;
