import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** The store (Redis) did not answer, or answered with an error; `cause` holds its own. Counting goes on in memory meanwhile. */
export class StoreUnavailableError extends PrometheusPushgatewayError {
  readonly code = 'ERR_STORE_UNAVAILABLE';
}
