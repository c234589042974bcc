import { PrometheusPushgatewayError } from './prometheus-pushgateway.error.js';

/** The right to push a group was not to be had in time, or was lost to another process while pushing. */
export class PushLockError extends PrometheusPushgatewayError {
  readonly code = 'ERR_PUSH_LOCK';
}
