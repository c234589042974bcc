import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** The store (Redis) did not answer, or answered with an error; `cause` holds its own. Counting goes on in memory meanwhile. */
export class StoreUnavailableError extends PrometheusPushgatewayError {
  readonly code = 'ERR_STORE_UNAVAILABLE';
}

/**
 * The store holds data in another format than this version of the package reads and writes, and is left alone. Counting goes
 * on in memory meanwhile. Run one version with a Redis, or give each a `pushgateway.keyPrefix` of its own.
 */
export class StoreFormatError extends PrometheusPushgatewayError {
  readonly code = 'ERR_STORE_FORMAT';

  /** @param store Whose data it is: `Redis redis://localhost:6379`. */
  constructor(store: string, storedFormat: string, ownFormat: string) {
    super(
      `${store} holds data in format ${storedFormat} of nestjs-prometheus-pushgateway, this version reads and writes ` +
        `format ${ownFormat}: left alone. Give each version a pushgateway.keyPrefix of its own`,
    );
  }
}
