import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningServer, startPrometheus, startPushgateway } from '../support/servers.js';

const SCRAPE_INTERVAL = '500ms';
const FEDERATION_INTERVAL = '2s';

/** One gateway at a fixed address, which can die, return and freeze. */
export class Gateway {
  #server: RunningServer | undefined;

  constructor(
    readonly address: string,
    private readonly persistenceFile: string | undefined,
  ) {}

  async start(): Promise<void> {
    const { persistenceFile } = this;
    const persistence =
      persistenceFile === undefined ? [] : [`--persistence.file=${persistenceFile}`, '--persistence.interval=1s'];
    this.#server = await startPushgateway({ port: Number(this.address.split(':')[1]), args: persistence });
  }

  kill(signal: NodeJS.Signals): void {
    this.#server?.kill(signal);
  }

  /** Dies as by `kill -9`: what it had in memory is gone. */
  async crash(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.exited;
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** Whether it holds a group of this job. */
  async holds(job: string): Promise<boolean> {
    const text = await fetch(`http://${this.address}/metrics`).then((response) => response.text());
    return text.includes(`job="${job}"`);
  }
}

/** Three gateways, three Prometheus that each scrape every gateway and federate from the two others. */
export interface Cluster {
  readonly gateways: readonly Gateway[];
  readonly prometheus: readonly RunningServer[];
  stop(): Promise<void>;
}

export async function startCluster({ persistent = false } = {}): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'test-cluster-'));
  const addresses = await freeAddresses(3);
  const gateways = addresses.map((address, at) => new Gateway(address, persistent ? join(folder, `${at}`) : undefined));
  await Promise.all(gateways.map((gateway) => gateway.start()));
  const peers = await freeAddresses(3);
  const prometheus = await Promise.all(
    peers.map((self) =>
      startPrometheus({
        port: Number(self.split(':')[1]),
        config: prometheusConfig(self, addresses, peers),
      }),
    ),
  );
  return {
    gateways,
    prometheus,
    stop: async () => {
      await Promise.all([...gateways, ...prometheus].map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One after the other: two asked for at once could be the same. */
async function freeAddresses(count: number): Promise<string[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports].map((port) => `127.0.0.1:${port}`);
}

/**
 * As docker/prometheus does it. Copies from other replicas get a name of their own: under the old one a copy whose
 * timestamp is a millisecond older than a slow scrape of the same series arrives before it, and the series steps back.
 */
function prometheusConfig(self: string, gateways: readonly string[], replicas: readonly string[]): string {
  const peers = replicas.filter((peer) => peer !== self);
  return `
global:
  scrape_interval: ${SCRAPE_INTERVAL}
  scrape_timeout: ${SCRAPE_INTERVAL}
  # Without different labels, replicas on one machine scrape at the same moments.
  external_labels: { prometheus_replica: '${self}' }
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{ targets: ${JSON.stringify(gateways)} }]
  - job_name: federate
    honor_labels: true
    scrape_interval: ${FEDERATION_INTERVAL}
    scrape_timeout: ${FEDERATION_INTERVAL}
    metrics_path: /federate
    params: { 'match[]': ['{job=~"cluster-.+",prometheus_replica=""}'] }
    metric_relabel_configs:
      - { source_labels: [__name__], target_label: __name__, replacement: 'federated:$1' }
    static_configs: [{ targets: ${JSON.stringify(peers)} }]
`;
}
