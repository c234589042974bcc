import type { Instrument } from '../instrument.js';
import { measureMarked } from '../methods/marked-methods.js';
import { timedBy } from '../methods/timed-by.js';

/** What `@Cron`, `@Interval` and `@Timeout` leave at a method, in every copy of `@nestjs/schedule`: one of these. */
const SCHEDULER_TYPE = 'SCHEDULER_TYPE';
const TYPES: Readonly<Record<number, string>> = { 1: 'cron', 2: 'timeout', 3: 'interval' };

/** Measures every run of a scheduled method. */
export const measureSchedule: Instrument<object> = (_, { modules }) =>
  measureMarked(modules, SCHEDULER_TYPE, (className, name, method) => {
    const type = TYPES[Reflect.getOwnMetadata(SCHEDULER_TYPE, method) as number] ?? 'other';
    return timedBy(
      (metrics) =>
        metrics.histogram<string>({
          name: 'scheduled_run_duration_seconds',
          help: 'Duration of runs of scheduled methods, in seconds',
          labelNames: ['class', 'method', 'type', 'outcome'],
          buckets: [0.01, 0.1, 1, 10, 60, 600, 3_600],
        }),
      { class: className, method: name, type },
    );
  });
