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
