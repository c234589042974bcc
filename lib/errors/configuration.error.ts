import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** Options that the module cannot start with. The message lists every fault: its path, what came and what was expected. */
export class ConfigurationError extends PrometheusPushgatewayError {
  readonly code = 'ERR_CONFIGURATION';
}

/** A job that is not among `prometheus.jobs`. */
export class UnknownJobError extends PrometheusPushgatewayError {
  readonly code = 'ERR_UNKNOWN_JOB';

  constructor(job: string, jobs: readonly string[]) {
    super(`Unknown job "${job}": expected one of prometheus.jobs (${jobs.map((known) => `"${known}"`).join(', ')})`);
  }
}
