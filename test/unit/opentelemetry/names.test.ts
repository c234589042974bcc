import { labelsOf, scopeLabels } from '../../../lib/opentelemetry/labels.js';
import { type Kind, labelName, metricName } from '../../../lib/opentelemetry/names.js';
import { placeOfResource } from '../../../lib/opentelemetry/place.js';

/** As Prometheus' own translator names them, where that is said in its tests or its documentation. */
it.each<[name: string, unit: string, kind: Kind, expected: string]>([
  ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
  ['http.client.request.duration', 's', 'histogram', 'http_client_request_duration_seconds'],
  ['system.filesystem.usage', 'By', 'sum', 'system_filesystem_usage_bytes'],
  ['system.network.io', 'By', 'counter', 'system_network_io_bytes_total'],
  ['system.network.dropped', '{packets}', 'gauge', 'system_network_dropped'],
  ['system.network.dropped', 'packets', 'gauge', 'system_network_dropped_packets'],
  ['system.memory.utilization', '1', 'gauge', 'system_memory_utilization_ratio'],
  ['requests.count', '1', 'counter', 'requests_count_total'],
  ['storage.filesystem.utilization', '%', 'gauge', 'storage_filesystem_utilization_percent'],
  ['astro.light.speed', 'm/s', 'gauge', 'astro_light_speed_meters_per_second'],
  ['astro.light.speed_limit', 'm/{s}', 'gauge', 'astro_light_speed_limit_meters'],
  ['broken.metric.speed', 'By/{op}', 'gauge', 'broken_metric_speed_bytes'],
  ['queue.rate', '{item}/s', 'gauge', 'queue_rate_per_second'],
  ['(lambda).function.executions(#)', '', 'gauge', 'lambda_function_executions'],
  ['total.things', '', 'counter', 'things_total'],
  ['orders_total', '', 'counter', 'orders_total'],
  ['job.seconds', 's', 'histogram', 'job_seconds'],
  ['process__cpu.time', 's', 'counter', 'process_cpu_time_seconds_total'],
  ['envoy:rule', 'foo bar', 'gauge', 'envoy:rule_foo_bar'],
  ['2xx.count', '', 'counter', '_2xx_count_total'],
])('%s in "%s" as a %s: %s', (name, unit, kind, expected) => {
  expect(metricName(name, unit, kind)).toBe(expected);
});

it.each([
  ['http.request.method', 'http_request_method'],
  ['a--b..c', 'a_b_c'],
  ['__meta', '_meta'],
  ['2nd', 'key_2nd'],
  ['Größe', 'Gr_e'],
])('attribute %s: label %s', (attribute, label) => {
  expect(labelName(attribute)).toBe(label);
});

describe('labels', () => {
  const none = new Set<string>();

  it('are texts; what is none is JSON, and what is not there is left out', () => {
    const attributes = { code: 200, ok: true, list: ['a', 'b'], gone: undefined, none: null, lone: '\ud800' };
    expect(labelsOf(attributes, none)).toEqual({ code: '200', ok: 'true', list: '["a","b"]', lone: '\ufffd' });
  });

  it('join values whose names become one, in the order of the names', () => {
    expect(labelsOf({ a_b: '2', 'a.b': '1', 'a-b': '0' }, none)).toEqual({ a_b: '0;1;2' });
  });

  it('are none for the empty text, which is no label to Prometheus', () => {
    expect(labelsOf({ route: '', type: 'a' }, none)).toEqual({ type: 'a' });
    expect(labelsOf({ 'a.b': '', a_b: 'x' }, none)).toEqual({ a_b: ';x' });
  });

  it('leave those alone that a group or a bucket has', () => {
    expect(labelsOf({ job: 'x', le: 'y', type: 'z' }, new Set(['job', 'le']))).toEqual({
      ...{ exported_job: 'x', exported_le: 'y', type: 'z' },
    });
  });

  it('name the scope', () => {
    expect(scopeLabels({ name: 'lib', version: '1.0', schemaUrl: 'https://s' })).toEqual({
      ...{ otel_scope_name: 'lib', otel_scope_version: '1.0', otel_scope_schema_url: 'https://s' },
    });
    expect(scopeLabels({ name: 'lib', version: '' })).toEqual({ otel_scope_name: 'lib' });
  });
});

describe('the place of a resource', () => {
  const attributes = {
    ...{ 'service.namespace': 'shop', 'service.name': 'orders', 'service.instance.id': 'i' },
    'deployment.environment.name': 'prod',
  };

  it('is job and grouping labels', () => {
    expect(placeOfResource({ attributes }, ['deployment.environment.name', 'cloud.region'])).toEqual({
      job: 'shop/orders',
      groupingLabels: { deployment_environment_name: 'prod' },
    });
    expect(placeOfResource({ attributes: { 'service.name': 'orders' } })).toEqual({
      job: 'orders',
      groupingLabels: {},
    });
  });

  it('never goes by the instance', () => {
    expect(() => placeOfResource({ attributes }, ['service.instance.id'])).toThrow(
      'it would keep replicas from adding up',
    );
  });
});
