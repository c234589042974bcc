import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** The turn to push a group did not come in time, or was lost to another process while pushing. */
export class PushLockError extends PrometheusPushgatewayError {
  readonly code = 'ERR_PUSH_LOCK';
}
