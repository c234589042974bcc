import type { Instrument } from '../instrument.js';
import { measureMarked } from '../methods/marked-methods.js';
import { timedBy } from '../methods/timed-by.js';

/** What `@MessagePattern` and `@EventPattern` leave at a method: one of these. */
const HANDLER_TYPE = 'microservices:handler_type';
const TYPES: Readonly<Record<number, string>> = { 1: 'message', 2: 'event' };

/** Measures every call of a handler of microservices. */
export const measureHandlers: Instrument<object> = (_, { modules }) =>
  measureMarked(modules, HANDLER_TYPE, (className, name, method) => {
    const type = TYPES[Reflect.getOwnMetadata(HANDLER_TYPE, method) as number] ?? 'other';
    return timedBy(
      (metrics) =>
        metrics.histogram<string>({
          name: 'message_handler_duration_seconds',
          help: 'Duration of calls of handlers of microservices, in seconds',
          labelNames: ['class', 'method', 'type', 'outcome'],
        }),
      { class: className, method: name, type },
    );
  });
