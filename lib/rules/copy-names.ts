/** The scrape job of the gateways, and the value of `job` on what they measure of themselves. */
export const GATEWAY_JOB = 'pushgateway';
