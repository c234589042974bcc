import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** No HTTP answer came: refused, reset, unknown host or a TLS failure. `reason` is the system's code, such as `ECONNREFUSED`. */
export class HttpConnectionError extends PrometheusPushgatewayError {
  readonly code = 'ERR_HTTP_CONNECTION';

  constructor(
    message: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No HTTP answer within `timeoutMs`. Whether the other side acted on the request is unknown. */
export class HttpTimeoutError extends PrometheusPushgatewayError {
  readonly code = 'ERR_HTTP_TIMEOUT';
}

/**
 * The proxy on the way (option `proxy`) let nothing through: it is down or silent, or it refused; `status` is what it answered
 * then, such as 407 without the right credentials. Nothing was sent to the server behind it, and nothing is known of that one.
 */
export class HttpProxyError extends PrometheusPushgatewayError {
  readonly code = 'ERR_HTTP_PROXY';

  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

/**
 * What a request has to log in with could not be had: a `bearerTokenFile` or `passwordFile` that cannot be read, or a function
 * for `headers` that failed. Nothing was sent.
 */
export class CredentialsError extends PrometheusPushgatewayError {
  readonly code = 'ERR_CREDENTIALS';
}

/** A Pushgateway (or the proxy before it) refused a request: `status` and the reason it gave. */
export class GatewayResponseError extends PrometheusPushgatewayError {
  readonly code = 'ERR_GATEWAY_RESPONSE';

  constructor(
    message: string,
    readonly status: number,
    readonly reason: string,
  ) {
    super(message);
  }
}

/** Prometheus refused a query: `status`, its `errorType` (such as `bad_data`) when it named one, and its own text. */
export class PrometheusResponseError extends PrometheusPushgatewayError {
  readonly code = 'ERR_PROMETHEUS_RESPONSE';

  constructor(
    message: string,
    readonly status: number,
    readonly errorType: string | undefined,
    readonly reason: string,
  ) {
    super(message);
  }
}
