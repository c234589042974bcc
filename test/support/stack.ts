import { type RunningServer, startPrometheus, startPushgateway, startRedis } from './servers.js';

/** One of each server, wired as in production: Prometheus scrapes the gateway. */
export interface Stack {
  readonly redis: RunningServer;
  readonly gateway: RunningServer;
  readonly prometheus: RunningServer;
  stop(): Promise<void>;
}

export const SCRAPE_INTERVAL_MS = 200;

/** The configuration of a Prometheus that scrapes these gateways, as fast as a test wants it. */
export function scrapeConfig(gateways: readonly string[], intervalMs = SCRAPE_INTERVAL_MS): string {
  return `
global:
  scrape_interval: ${intervalMs}ms
  scrape_timeout: ${intervalMs}ms
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: ${JSON.stringify(gateways)}
`;
}

/** Starts Redis, a gateway and a Prometheus that scrapes it. */
export async function startStack(): Promise<Stack> {
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  const prometheus = await startPrometheus({ config: scrapeConfig([gateway.address]) });
  return {
    redis,
    gateway,
    prometheus,
    stop: async () => {
      await Promise.all([redis.stop(), gateway.stop(), prometheus.stop()]);
    },
  };
}
