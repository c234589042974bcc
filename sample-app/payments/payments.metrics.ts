import type { MetricDefinition } from 'nestjs-prometheus-pushgateway';
import { PAYMENTS_JOB } from '../environment.js';

/** Of a job of its own: who watches payments need not read the rest of the shop. */
export const PAYMENTS_TOTAL = {
  name: 'payments_total',
  help: 'Orders paid',
  type: 'counter',
  labelNames: ['method'],
  jobs: [PAYMENTS_JOB],
} as const satisfies MetricDefinition;

/** A counter of its own: `payments_total` never goes back. */
export const REFUNDS_TOTAL = {
  name: 'refunds_total',
  help: 'Orders paid back',
  type: 'counter',
  jobs: [PAYMENTS_JOB],
} as const satisfies MetricDefinition;
