import * as v from 'valibot';
import { isLabelName } from '../model/index.js';
import * as checks from './checks.js';
import type {
  BullmqInstrumentOptions,
  HttpInstrumentOptions,
  InstrumentOptions,
  ProcessInstrumentOptions,
} from './instrument-options.js';
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

const BUCKETS = v.array(v.number('a number'), 'an array of numbers');

const HTTP = {
  preset: { check: v.picklist(['opentelemetry', 'prom-client'], '"opentelemetry" or "prom-client"') },
  buckets: { check: BUCKETS },
  sizes: { check: checks.flag },
  ignore: { check: v.array(ROUTE, 'an array of routes') },
  labels: { check: v.record(LABEL_NAME, v.function('a function'), 'an object of label names and functions') },
} satisfies OptionsOf<HttpInstrumentOptions>;

const BULLMQ = {
  jobNames: { check: checks.flag },
  buckets: { check: BUCKETS },
  workerClass: { check: v.function('the class Worker of bullmq') },
} satisfies OptionsOf<BullmqInstrumentOptions>;

const NAME_PREFIX = v.pipe(v.string(), v.regex(/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/, 'the beginning of a metric name'));
const LABEL_VALUE = v.union([v.string(), v.number()], 'a text or a number');

const PROCESS = {
  prefix: { check: NAME_PREFIX },
  labels: { check: v.record(LABEL_NAME, LABEL_VALUE, 'an object of label names and values') },
} satisfies OptionsOf<ProcessInstrumentOptions>;

/** What may be switched on. */
export const INSTRUMENT = {
  http: { check: switchOr(objectOf(HTTP)) },
  schedule: { check: checks.flag },
  handlers: { check: checks.flag },
  bullmq: { check: switchOr(objectOf(BULLMQ)) },
  process: { check: switchOr(objectOf(PROCESS)) },
} satisfies OptionsOf<InstrumentOptions>;
