import { DEFAULT_BUCKETS, type MetricOptions } from '../../model/index.js';
import type { HttpPreset } from '../../options/index.js';

/** What is known of a request whose response is done. */
export interface Outcome {
  /** In capitals; `_OTHER` for one that is not known. */
  readonly method: string;
  /** As a template, with its prefix; empty for a path that nobody knows. */
  readonly route: string;
  /** Undefined: the client was gone before the response began. */
  readonly status: number | undefined;
  /** Whether the client went before the response was whole. */
  readonly isAborted: boolean;
  readonly isSecure: boolean;
}

/** The names of metrics, and how they are labelled. */
export interface Preset {
  readonly duration: Required<Pick<MetricOptions, 'name' | 'help' | 'buckets'>>;
  readonly requestSize: Required<Pick<MetricOptions, 'name' | 'help'>>;
  readonly responseSize: Required<Pick<MetricOptions, 'name' | 'help'>>;
  readonly active: Required<Pick<MetricOptions, 'name' | 'help' | 'labelNames'>>;
  readonly labelNames: readonly string[];
  labels(outcome: Outcome): Record<string, string>;
  activeLabels(method: string, isSecure: boolean): Record<string, string>;
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics, with names as OpenTelemetry's exporter for Prometheus writes them. */
const OPENTELEMETRY: Preset = {
  duration: {
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  requestSize: { name: 'http_server_request_body_size_bytes', help: 'Size of HTTP server request bodies.' },
  responseSize: { name: 'http_server_response_body_size_bytes', help: 'Size of HTTP server response bodies.' },
  active: {
    name: 'http_server_active_requests',
    help: 'Number of active HTTP server requests.',
    labelNames: ['http_request_method', 'url_scheme'],
  },
  labelNames: ['http_request_method', 'http_route', 'http_response_status_code', 'error_type', 'url_scheme'],
  labels: ({ method, route, status, isAborted, isSecure }) => ({
    http_request_method: method,
    // An attribute that is not known is left out, which is the empty text in Prometheus.
    http_route: route,
    http_response_status_code: status === undefined ? '' : String(status),
    error_type: isAborted ? 'aborted' : status !== undefined && status >= 500 ? String(status) : '',
    url_scheme: schemeOf(isSecure),
  }),
  activeLabels: (method, isSecure) => ({ http_request_method: method, url_scheme: schemeOf(isSecure) }),
};

function schemeOf(isSecure: boolean): string {
  return isSecure ? 'https' : 'http';
}

/** What nginx writes for a client that went away. */
const CLIENT_CLOSED = '499';

/** As most have it that measure requests by prom-client. */
const PROM_CLIENT: Preset = {
  duration: {
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds',
    buckets: DEFAULT_BUCKETS,
  },
  requestSize: { name: 'http_request_size_bytes', help: 'Size of bodies of HTTP requests in bytes' },
  responseSize: { name: 'http_response_size_bytes', help: 'Size of bodies of HTTP responses in bytes' },
  active: { name: 'http_requests_in_progress', help: 'HTTP requests that are under way', labelNames: ['method'] },
  labelNames: ['method', 'route', 'status_code'],
  labels: ({ method, route, status, isAborted }) => ({
    method,
    route: route === '' ? 'unknown' : route,
    status_code: isAborted || status === undefined ? CLIENT_CLOSED : String(status),
  }),
  activeLabels: (method) => ({ method }),
};

export const PRESETS: Readonly<Record<HttpPreset, Preset>> = {
  opentelemetry: OPENTELEMETRY,
  'prom-client': PROM_CLIENT,
};
