import {
  freePort,
  type RunningServer,
  startPrometheus,
  startPushgateway,
  startRedis,
} from '../../test/support/servers.js';
import { scrapeConfig } from '../../test/support/stack.js';

const GATEWAYS = 3;
const PROMETHEUS = 3;

/** A gateway at a fixed address, which can be killed and come back empty. */
export class Gateway {
  private constructor(
    readonly name: string,
    private server: RunningServer,
  ) {}

  static async start(name: string): Promise<Gateway> {
    return new Gateway(name, await startPushgateway({ port: await freePort() }));
  }

  get address(): string {
    return this.server.address;
  }

  /** As by a power cut. */
  async kill(): Promise<void> {
    this.server.kill('SIGKILL');
    await this.server.stop();
  }

  async comeBack(): Promise<void> {
    this.server = await startPushgateway({ port: this.server.port });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** Redis, three gateways, and three Prometheus that each scrape every gateway. */
export interface ServerCluster {
  readonly redis: RunningServer;
  readonly gateways: readonly Gateway[];
  readonly prometheus: readonly RunningServer[];
  stop(): Promise<void>;
}

export async function startServerCluster(): Promise<ServerCluster> {
  const redis = await startRedis();
  const gateways: Gateway[] = [];
  // One after the other: two free ports asked for at once could be the same.
  while (gateways.length < GATEWAYS) gateways.push(await Gateway.start(`gateway ${gateways.length + 1}`));
  const config = scrapeConfig(gateways.map(({ address }) => address));
  const prometheus = await Promise.all(Array.from({ length: PROMETHEUS }, () => startPrometheus({ config })));
  return {
    redis,
    gateways,
    prometheus,
    stop: async () => {
      await Promise.all([redis, ...gateways, ...prometheus].map((server) => server.stop()));
    },
  };
}
