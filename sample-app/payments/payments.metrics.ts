import { defineCounter } from 'nestjs-prometheus-pushgateway';
import { PAYMENTS_JOB } from '../environment.js';

/** Of a job of its own: who watches payments need not read the rest of the shop. */
export const PAYMENTS_TOTAL = defineCounter({
  name: 'payments_total',
  help: 'Orders paid',
  labelNames: ['method'],
  jobs: [PAYMENTS_JOB],
});

/** A counter of its own: `payments_total` never goes back. */
export const REFUNDS_TOTAL = defineCounter({
  name: 'refunds_total',
  help: 'Orders paid back',
  jobs: [PAYMENTS_JOB],
});
