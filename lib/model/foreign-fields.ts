/** Fields of metrics that other libraries know and we do not, or under another name. */
const FOREIGN_FIELDS: Readonly<Record<string, string>> = {
  ...everyOf(['percentiles', 'objectives'], 'give "quantiles"'),
  registers: 'a metric belongs to jobs: give "jobs", or leave it out',
  aggregator: 'give "aggregation" for a gauge; of other types replicas add up: leave it out',
  ageBuckets: 'give "maxAgeSeconds" alone',
  ...everyOf(['pruneAgedBuckets', 'compressCount', 'valueType'], 'leave it out'),
  enableExemplars: 'exemplars need no leave: give them with an event, and leave it out',
  ...everyOf(['labels', 'labelsNames', 'label_names', 'attributes'], 'give "labelNames"'),
  job: 'give "jobs"',
  description: 'give "help"',
  ...everyOf(['prefix', 'subsystem', 'customMetricPrefix'], 'give "namespace"'),
  ...everyOf(['prefetch_group_label', 'prefetch_query'], 'give "prefetchGroupLabel"'),
  ...everyOf(['constLabels', 'defaultLabels'], 'give "pushgateway.groupingLabels", for all metrics'),
  ...everyOf(['explicitBucketBoundaries', 'boundaries', 'advice'], 'give "buckets"'),
  nativeHistogramBucketFactor: 'give "native: { growthFactor }"',
  nativeHistogramMaxBucketNumber: 'give "native: { maxBuckets }"',
};

/** What to do about a field that other libraries have; undefined if none has one of that name. */
export function foreignField(name: string): string | undefined {
  return Object.hasOwn(FOREIGN_FIELDS, name) ? FOREIGN_FIELDS[name] : undefined;
}

function everyOf(names: readonly string[], advice: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, advice]));
}
