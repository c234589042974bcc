import * as v from 'valibot';
import { isLabelName } from '../model/index.js';
import * as checks from './checks.js';
import type { HttpInstrumentOptions, InstrumentOptions } from './instrument-options.js';
import { objectOf, type OptionsOf } from './option.js';

const SWITCH = 'true, false or an object of options';

/** `true` or options. */
function switchOr(options: v.GenericSchema): v.GenericSchema {
  const schema = v.lazy((input) => (typeof input === 'object' && input !== null ? options : v.boolean(SWITCH)));
  // Where `unknownOptions` looks.
  return Object.assign(schema, { wrapped: options });
}

const ROUTE = v.union([v.string(), v.instance(RegExp)], 'a route or a regular expression');
const LABEL_NAME = v.pipe(v.string(), v.check(isLabelName, 'a label name'));

const HTTP = {
  preset: { check: v.picklist(['opentelemetry', 'prom-client'], '"opentelemetry" or "prom-client"') },
  buckets: { check: v.array(v.number('a number'), 'an array of numbers') },
  sizes: { check: checks.flag },
  ignore: { check: v.array(ROUTE, 'an array of routes') },
  labels: { check: v.record(LABEL_NAME, v.function('a function'), 'an object of label names and functions') },
} satisfies OptionsOf<HttpInstrumentOptions>;

/** What may be switched on. */
export const INSTRUMENT = {
  http: { check: switchOr(objectOf(HTTP)) },
  schedule: { check: checks.flag },
  handlers: { check: checks.flag },
} satisfies OptionsOf<InstrumentOptions>;
