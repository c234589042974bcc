import { type RunningServer, startPrometheus, startRedis } from '../test/support/servers.js';
import { scrapeConfig } from '../test/support/stack.js';
import { Gateway } from './staged-gateway.js';

/** Redis, gateways, and Prometheus that each scrape every gateway. */
export interface ServerCluster {
  readonly redis: RunningServer;
  readonly gateways: readonly Gateway[];
  readonly prometheus: readonly RunningServer[];
  stop(): Promise<void>;
}

/** @param size How many gateways there are, and how many Prometheus. */
export async function startServerCluster(size: number): Promise<ServerCluster> {
  const redis = await startRedis();
  const gateways: Gateway[] = [];
  // One after the other: two free ports asked for at once could be the same.
  while (gateways.length < size) gateways.push(await Gateway.start(`gateway ${gateways.length + 1}`));
  const config = scrapeConfig(gateways.map(({ address }) => address));
  const prometheus = await Promise.all(Array.from({ length: size }, () => startPrometheus({ config })));
  return {
    redis,
    gateways,
    prometheus,
    stop: async () => {
      await Promise.all([redis, ...gateways, ...prometheus].map((server) => server.stop()));
    },
  };
}
