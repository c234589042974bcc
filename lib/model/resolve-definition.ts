import { MetricDefinitionError } from '../errors/index.js';
import { foreignField } from './foreign-fields.js';
import {
  DEFAULT_BUCKETS,
  DEFAULT_GROWTH_FACTOR,
  DEFAULT_MAX_BUCKETS,
  DEFAULT_MAX_AGE_SECONDS,
  DEFAULT_QUANTILES,
  DEFAULT_ZERO_THRESHOLD,
  fullName,
  type GaugeAggregation,
  type MetricDefinition,
  type MetricType,
  type ResolvedDefinition,
} from './metric-definition.js';
import { isClassicMetricName, isLabelName, isUtf8Name, UTF8_NAME } from './names.js';
import { MOST_BUCKETS, schemaOf } from './native-histogram.js';

/** As OpenMetrics has them. */
const UNIT = /^[a-zA-Z0-9_]+$/;
const CLASSIC_LABEL = 'letters, digits and "_", not starting with a digit or "__"';

const TYPES: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary'];

const FIELDS = [
  ...([
    'name',
    'help',
    'type',
    'unit',
    'namespace',
    'labelNames',
    'jobs',
    'buckets',
    'native',
    'quantiles',
    'maxAgeSeconds',
  ] as const),
  ...(['prefetch', 'prefetchGroupLabel', 'aggregation'] as const),
  ...(['collect', 'inject', 'collectBy', 'collectTimeoutMs'] as const),
] satisfies (keyof MetricDefinition)[];

/** The gateway adds these to every group itself; its consistency check refuses a second family of that name. */
const GATEWAY_METRICS: readonly string[] = ['push_time_seconds', 'push_failure_time_seconds'];

/** What a name that is not of the classic form needs. */
export const UTF8_NAMES_NEED =
  'other names need pushgateway.utf8Names, Pushgateways 1.11 or later that run with --push.enable-utf8-names, and Prometheus 3';

/** How definitions are checked. */
export interface NameRules {
  /** Whether names of metrics and labels may be any UTF-8. Default: false. */
  readonly utf8Names?: boolean;
}

/**
 * Checks a definition against the text format 0.0.4 and the Pushgateway's own names, and fills in the defaults.
 * @throws MetricDefinitionError naming the metric, the field, what came and what was expected.
 */
export function resolveDefinition(definition: MetricDefinition, rules: NameRules = {}): ResolvedDefinition {
  checkName(definition.name, rules);
  const name = fullName(definition);
  checkName(name, rules);
  refuseUnknownFields(name, definition);
  if (!TYPES.includes(definition.type)) {
    fail(name, 'type', '"counter", "gauge", "histogram" or "summary"', definition.type);
  }
  if (typeof definition.help !== 'string' || definition.help === '') {
    fail(name, 'help', 'a text that says what is measured', definition.help);
  }
  return {
    name,
    help: definition.help.toWellFormed(),
    type: definition.type,
    ...resolveUnit(name, definition),
    labelNames: resolveLabelNames(name, definition, rules),
    buckets: resolveBuckets(name, definition),
    ...resolveNative(name, definition),
    quantiles: resolveQuantiles(name, definition),
    maxAgeSeconds: resolveMaxAge(name, definition),
    ...resolvePrefetch(name, definition),
    ...resolveAggregation(name, definition),
  };
}

/** Whether definitions have such a field. */
export function isKnownField(name: string): boolean {
  return (FIELDS as readonly string[]).includes(name);
}

/** An unknown field would be ignored, and something else counted than was meant. */
function refuseUnknownFields(name: string, definition: MetricDefinition): void {
  for (const [field, value] of Object.entries(definition)) {
    if (value === undefined || isKnownField(field)) continue;
    const advice = foreignField(field) ?? `expected one of ${FIELDS.join(', ')}`;
    throw new MetricDefinitionError(`Unknown option "${field}" of metric "${name}": ${advice}`);
  }
}

function checkName(name: string, { utf8Names = false }: NameRules): void {
  const isText = typeof name === 'string' && isUtf8Name(name);
  if (utf8Names && !isText) {
    throw new MetricDefinitionError(`Invalid metric name ${show(name)}: expected ${UTF8_NAME}`);
  }
  if (!utf8Names && !(isText && isClassicMetricName(name))) {
    throw new MetricDefinitionError(
      `Invalid metric name ${show(name)}: expected letters, digits, "_" and ":", not starting with a digit` +
        needOf(isText),
    );
  }
  if (GATEWAY_METRICS.includes(name)) {
    throw new MetricDefinitionError(
      `Invalid metric name "${name}": every Pushgateway adds a metric of that name itself`,
    );
  }
}

/** What to do about a name, if it is one that is only not classic. */
function needOf(isUtf8: boolean): string {
  return isUtf8 ? `; ${UTF8_NAMES_NEED}` : '';
}

function resolveUnit(name: string, { unit }: MetricDefinition): Pick<ResolvedDefinition, 'unit'> {
  if (unit === undefined) return {};
  if (typeof unit !== 'string' || !UNIT.test(unit)) {
    fail(name, 'unit', 'letters, digits and "_", such as "seconds" or "bytes"', unit);
  }
  const [, stem = '', total = ''] = /^(.*?)(_total)?$/s.exec(name) ?? [];
  if (!stem.endsWith(`_${unit}`)) fail(name, 'unit', `that of the name, or the name "${stem}_${unit}${total}"`, unit);
  return { unit };
}

function resolveLabelNames(
  name: string,
  { labelNames = [], type }: MetricDefinition,
  { utf8Names = false }: NameRules,
): readonly string[] {
  if (!isArray(labelNames)) fail(name, 'labelNames', 'an array of label names', labelNames);
  const reserved = reservedLabels(type);
  for (const label of labelNames) {
    if (typeof label !== 'string' || !isLabelName(label, true)) {
      const expected = utf8Names ? `${UTF8_NAME}, not starting with "__"` : CLASSIC_LABEL;
      fail(name, 'labelNames', expected, label);
    }
    if (!isLabelName(label, utf8Names)) fail(name, 'labelNames', CLASSIC_LABEL, label, needOf(true));
    if (reserved.includes(label)) fail(name, 'labelNames', `any name but ${reserved.join(', ')}`, label);
  }
  if (new Set(labelNames).size !== labelNames.length) fail(name, 'labelNames', 'each label once', labelNames);
  return [...labelNames];
}

/** `job` and `instance` are the group's: a gateway overwrites them in the body. */
function reservedLabels(type: MetricType): readonly string[] {
  if (type === 'histogram') return ['job', 'instance', 'le'];
  if (type === 'summary') return ['job', 'instance', 'quantile'];
  return ['job', 'instance'];
}

function resolveBuckets(name: string, { type, buckets, native }: MetricDefinition): readonly number[] {
  if (type !== 'histogram') {
    if (buckets !== undefined) fail(name, 'buckets', `no buckets for a ${type}`, buckets);
    return [];
  }
  const bounds = buckets ?? (native === undefined ? DEFAULT_BUCKETS : []);
  const ascending = isArray(bounds) && bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] as number));
  const isEmpty = bounds.length === 0 && native === undefined;
  if (!ascending || isEmpty || !bounds.every((bound) => Number.isFinite(bound))) {
    fail(name, 'buckets', 'finite numbers in ascending order (+Inf is added)', bounds);
  }
  return [...bounds];
}

const NATIVE_FIELDS: readonly string[] = ['growthFactor', 'maxBuckets', 'zeroThreshold'];

function resolveNative(name: string, { type, native }: MetricDefinition): Pick<ResolvedDefinition, 'native'> {
  if (native === undefined) return {};
  if (type !== 'histogram') fail(name, 'native', `no native buckets for a ${type}`, native);
  const given: unknown = native;
  if (typeof given !== 'object' || given === null || Object.keys(given).some((key) => !NATIVE_FIELDS.includes(key))) {
    fail(name, 'native', `an object of ${NATIVE_FIELDS.join(', ')}, or {}`, given);
  }
  const { growthFactor = DEFAULT_GROWTH_FACTOR, maxBuckets = DEFAULT_MAX_BUCKETS } = native;
  const { zeroThreshold = DEFAULT_ZERO_THRESHOLD } = native;
  if (!Number.isFinite(growthFactor) || growthFactor <= 1) {
    fail(name, 'native.growthFactor', 'a number greater than 1', growthFactor);
  }
  if (!Number.isInteger(maxBuckets) || maxBuckets < 1 || maxBuckets > MOST_BUCKETS) {
    fail(name, 'native.maxBuckets', `a whole number from 1 to ${MOST_BUCKETS}`, maxBuckets);
  }
  if (!Number.isFinite(zeroThreshold) || zeroThreshold < 0) {
    fail(name, 'native.zeroThreshold', 'a number, at least 0', zeroThreshold);
  }
  return { native: { schema: schemaOf(growthFactor), maxBuckets, zeroThreshold } };
}

function resolveQuantiles(name: string, { type, quantiles }: MetricDefinition): readonly number[] {
  if (type !== 'summary') {
    if (quantiles !== undefined) fail(name, 'quantiles', `no quantiles for a ${type}`, quantiles);
    return [];
  }
  const ranks = quantiles ?? DEFAULT_QUANTILES;
  if (!isArray(ranks) || !ranks.every((rank) => typeof rank === 'number' && rank >= 0 && rank <= 1)) {
    fail(name, 'quantiles', 'numbers from 0 to 1', ranks);
  }
  if (new Set(ranks).size !== ranks.length) fail(name, 'quantiles', 'each quantile once', ranks);
  return [...ranks];
}

function resolveMaxAge(name: string, { type, maxAgeSeconds }: MetricDefinition): number {
  if (type !== 'summary') {
    if (maxAgeSeconds !== undefined) fail(name, 'maxAgeSeconds', `no maxAgeSeconds for a ${type}`, maxAgeSeconds);
    return 0;
  }
  const seconds = maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS;
  if (!Number.isFinite(seconds) || seconds < 1) fail(name, 'maxAgeSeconds', 'a number of seconds, at least 1', seconds);
  return seconds;
}

function resolvePrefetch(
  name: string,
  { type, labelNames = [], prefetch, prefetchGroupLabel }: MetricDefinition,
): Pick<ResolvedDefinition, 'prefetch' | 'prefetchGroupLabel'> {
  if (prefetch !== undefined && typeof prefetch !== 'boolean') fail(name, 'prefetch', 'true or false', prefetch);
  if (prefetchGroupLabel !== undefined && !labelNames.includes(prefetchGroupLabel)) {
    fail(name, 'prefetchGroupLabel', `one of labelNames (${labelNames.join(', ') || 'none'})`, prefetchGroupLabel);
  }
  const isWanted = prefetch ?? prefetchGroupLabel !== undefined;
  if (!isWanted) return {};
  if (type !== 'counter') fail(name, 'prefetch', `a counter, the one type that can be restored`, type);
  return { prefetch: true, ...(prefetchGroupLabel !== undefined && { prefetchGroupLabel }) };
}

const AGGREGATIONS: readonly unknown[] = ['last', 'sum', 'min', 'max', 'avg'] satisfies GaugeAggregation[];

function resolveAggregation(
  name: string,
  { type, aggregation }: MetricDefinition,
): Pick<ResolvedDefinition, 'aggregation'> {
  if (aggregation === undefined) return {};
  if (type !== 'gauge') fail(name, 'aggregation', `no aggregation for a ${type}, which adds up`, aggregation);
  if (!AGGREGATIONS.includes(aggregation))
    fail(name, 'aggregation', '"last", "sum", "min", "max" or "avg"', aggregation);
  return aggregation === 'last' ? {} : { aggregation };
}

function fail(name: string, field: string, expected: string, got: unknown, advice = ''): never {
  throw new MetricDefinitionError(
    `Invalid ${field} of metric "${name}": expected ${expected}, got ${show(got)}${advice}`,
  );
}

/** Asks without narrowing a readonly array to `any[]`. */
function isArray(value: unknown): boolean {
  return Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  return typeof value === 'object' && value !== null ? `{${Object.keys(value).join(', ')}}` : String(value);
}
