import { thrownText } from '../errors/thrown-text.js';
import { PackageLogger } from '../log/package-logger.js';
import type { Instrument, Stop, Surroundings } from '../instrument/instrument.js';
import type { InstrumentOptions } from '../options/index.js';
import { isCommandProcess } from './scheduling.js';

type OptionsOf<Name extends keyof InstrumentOptions> = Extract<InstrumentOptions[Name], object>;

/** Each is loaded when it is switched on. */
const INSTRUMENTS: { readonly [Name in keyof InstrumentOptions]-?: () => Promise<Instrument<OptionsOf<Name>>> } = {
  http: async () => (await import(/* webpackMode: "eager" */ '../instrument/http/index.js')).measureHttp,
  schedule: async () => (await import(/* webpackMode: "eager" */ '../instrument/schedule/index.js')).measureSchedule,
  handlers: async () => (await import(/* webpackMode: "eager" */ '../instrument/handlers/index.js')).measureHandlers,
  bullmq: async () => (await import(/* webpackMode: "eager" */ '../instrument/bullmq/index.js')).measureBullmq,
  process: async () => (await import(/* webpackMode: "eager" */ '../instrument/process/index.js')).measureProcess,
};

/** What measures by itself in this application. */
export class Instruments {
  private constructor(
    private readonly stops: readonly Stop[],
    private readonly starting: readonly (() => void)[],
  ) {}

  /** Begins with all that are switched on. A process that nest-commander runs answers nobody: none begins there. */
  static async begin(options: InstrumentOptions, given: Omit<Surroundings, 'whenStarted'>): Promise<Instruments> {
    const starting: (() => void)[] = [];
    const surroundings = { ...given, whenStarted: (callback: () => void) => void starting.push(callback) };
    const names = Object.keys(options) as (keyof InstrumentOptions)[];
    const wanted = isCommandProcess(surroundings.modules) ? [] : names.filter((name) => options[name]);
    const stops = wanted.map(async (name) => {
      const instrument = (await INSTRUMENTS[name]()) as Instrument<object>;
      return instrument(options[name] === true ? {} : (options[name] as object), surroundings);
    });
    return new Instruments(await Promise.all(stops), starting);
  }

  /** @throws MetricClashError, MetricDefinitionError */
  started(): void {
    for (const callback of this.starting) callback();
  }

  /** Never rejects: what was counted is still to be stored and pushed. */
  async stop(): Promise<void> {
    for (const stop of this.stops) {
      try {
        await stop();
      } catch (error) {
        new PackageLogger().warn(`What measures by itself did not stop: ${thrownText(error)}`);
      }
    }
  }
}
