import { PAYMENTS_JOB, SHOP_JOB } from '../sample-app/environment.js';

export const JOBS = [SHOP_JOB, PAYMENTS_JOB];
export const INSTANCE = 'demo';

/** Without what would configure the shop: that is for the demo to say. */
export function neutralEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PROMETHEUS|PUSHGATEWAY)_/.test(name)));
}

/** Where the servers are. */
export interface Places {
  readonly redis: string;
  readonly gateways: readonly string[];
  readonly prometheus: string;
}

/** How the shop finds the servers; the environment of the server and of its commands alike. */
export function shopEnvironment({ redis, gateways, prometheus }: Places, pushEveryMs: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: process.env['PORT'] ?? '0',
    PROMETHEUS_HOST: prometheus,
    PROMETHEUS_INSTANCE: INSTANCE,
    PROMETHEUS_JOBS: JOBS.join(','),
    PUSHGATEWAY_HOST: gateways.join(','),
    PUSHGATEWAY_REDIS: redis,
    PUSHGATEWAY_AUTO_PUSH: String(pushEveryMs),
    SHOP_STAGE: 'demo',
  };
}
