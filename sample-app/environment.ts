/** The jobs that the metrics of this application name. */
export const SHOP_JOB = 'shop';
export const PAYMENTS_JOB = 'payments';

const DEFAULTS = {
  PROMETHEUS_JOBS: `${SHOP_JOB},${PAYMENTS_JOB}`,
};

/** For `ConfigModule`: what neither environment nor `.env` file has set. The package has defaults for all the rest. */
export function withDefaults(environment: Record<string, unknown>): Record<string, unknown> {
  return { ...DEFAULTS, ...environment };
}
