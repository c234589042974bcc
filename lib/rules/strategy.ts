/** The scrape job of the gateways, and the value of `job` on what they measure of themselves. */
export const GATEWAY_JOB = 'pushgateway';

/** With broadcast: the label that tells which gateway a copy is from. */
export const GATEWAY_LABEL = 'gateway';

/** With broadcast: begins the names of the copies; the true series are recorded under their own names. */
export const COPY_PREFIX = 'gateway:';
