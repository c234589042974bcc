import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** A metric definition that Prometheus or a Pushgateway would refuse: name, label names, buckets or quantiles. */
export class MetricDefinitionError extends PrometheusPushgatewayError {
  readonly code = 'ERR_METRIC_DEFINITION';
}

/** One name, two meanings: the type, buckets or window differ from an earlier definition, here or stored by another process. */
export class MetricClashError extends PrometheusPushgatewayError {
  readonly code = 'ERR_METRIC_CLASH';
}

/** Labels that are not exactly those of the definition: one is unknown, missing or neither a string nor a number. */
export class LabelError extends PrometheusPushgatewayError {
  readonly code = 'ERR_LABELS';
}

/** A value that the metric cannot take: not a number, not finite, or a counter asked to go down. */
export class MetricValueError extends PrometheusPushgatewayError {
  readonly code = 'ERR_METRIC_VALUE';
}
