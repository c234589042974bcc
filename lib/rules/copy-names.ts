/** The scrape job of the gateways, and the value of `job` on what they measure of themselves. */
export const GATEWAY_JOB = 'pushgateway';

/** With broadcast: begins the names of the copies; the true series are recorded under their own names. */
export const COPY_PREFIX = 'gateway:';
