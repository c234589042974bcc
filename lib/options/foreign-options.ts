/** What to do about an option of another library, by the section it was given in: '' is the top. */
const FOREIGN_OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    ...called('prometheus.jobs', 'jobName', 'jobNames', 'serviceName', 'appName'),
    ...called('pushgateway.host', 'url', 'gatewayUrl', 'pushgatewayUrl'),
    ...called('pushgateway.groupingLabels', 'defaultLabels', 'defaultAttributes', 'groupings', 'groupingKey'),
    ...called('isGlobal', 'global'),
    ...called(
      'autoPush: { everyMs }',
      'interval',
      'intervalMs',
      'pushInterval',
      'pushIntervalMs',
      'exportIntervalMillis',
    ),
    ...advised(
      'give it to PrometheusPushgatewayScrapeModule, of "nestjs-prometheus-pushgateway/scrape"',
      'path',
      'controller',
    ),
    ...advised('give "instrument: { process: true }"', 'defaultMetrics', 'collectDefaultMetrics', 'hostMetrics'),
    ...advised(
      'give it to PrometheusPushgatewayPromClientModule, of "nestjs-prometheus-pushgateway/prom-client"',
      ...['register', 'registry', 'registries'],
    ),
    ...advised(`a metric's prefix is "namespace" of its definition`, 'customMetricPrefix', 'metricPrefix', 'prefix'),
    ...advised('give "instrument: { http: true }"', 'apiMetrics', 'httpMetrics'),
    ...advised('give what is in it', 'comsave_prometheus_pushgateway'),
  },
  pushgateway: {
    ...called('prometheus.jobs', 'job', 'jobs', 'jobName', 'jobNames'),
    ...called('prometheus.instance', 'instance'),
    ...called('groupingLabels', 'groupings', 'groupingKey', 'defaultLabels', 'labels'),
    ...called('autoPush: { everyMs }, beside it', 'interval', 'intervalMs', 'pushInterval', 'pushIntervalMs'),
    ...advised('give what was in it beside "host": timeoutMs, headers, tls, proxy', 'options', 'requestOptions'),
    ...advised('connections are kept: leave it out, and for a proxy give "proxy"', 'agent', 'keepAlive'),
    ...advised('a group has a job: leave it out', 'requireJobName'),
    ...advised(
      'give it to PrometheusPushgatewayPromClientModule, of "nestjs-prometheus-pushgateway/prom-client"',
      ...['registry', 'registries', 'register'],
    ),
  },
};

/** What to do about an option that another library has there; undefined if we know of none. */
export function foreignOption(path: readonly string[], name: string): string | undefined {
  const advice = FOREIGN_OPTIONS[path.join('.')];
  return advice !== undefined && Object.hasOwn(advice, name) ? advice[name] : undefined;
}

function called(ours: string, ...names: readonly string[]): Record<string, string> {
  return advised(`here it is ${ours}`, ...names);
}

function advised(advice: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, advice]));
}
