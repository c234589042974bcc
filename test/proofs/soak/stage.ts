import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tcpAnswer } from '../../support/probes.js';
import { freePort, type RunningServer, startPrometheus, startPushgateway, startRedis } from '../../support/servers.js';

export const JOB = 'soak';
/** How long a gateway may be silent before its groups move. */
export const FAILOVER_AFTER_MS = 5_000;
const SCRAPE_INTERVAL = '500ms';

/** A server that can be killed and comes back at the same port. */
export class Returning {
  #server: RunningServer | undefined;

  constructor(
    readonly address: string,
    private readonly launch: (port: number) => Promise<RunningServer>,
  ) {}

  async start(): Promise<void> {
    this.#server = await this.launch(Number(this.address.split(':')[1]));
  }

  kill(signal: NodeJS.Signals): void {
    this.#server?.kill(signal);
  }

  /** Dies as by `kill -9`. */
  async crash(): Promise<void> {
    this.kill('SIGKILL');
    await this.#server?.exited;
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}

/** Redis with an append-only file, two gateways, and a Prometheus that scrapes both. */
export interface Stage {
  readonly redis: Returning;
  readonly gateways: readonly Returning[];
  readonly prometheus: RunningServer;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'test-soak-'));
  // What Redis has acknowledged is on disk: only so can a crash of it be judged.
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const redis = new Returning(await freeAddress(), (port) => startRedis({ port, dir: folder, args }));
  const addresses = [await freeAddress(), await freeAddress()];
  const gateways = addresses.map((address) => new Returning(address, (port) => startPushgateway({ port })));
  await Promise.all([redis, ...gateways].map((server) => server.start()));
  const prometheus = await startPrometheus({ config: scrapeConfig(addresses) });
  return {
    redis,
    gateways,
    prometheus,
    stop: async () => {
      await Promise.all([redis, prometheus, ...gateways].map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Bytes that Redis uses; undefined while it is away. */
export async function redisMemory({ redis }: Stage): Promise<number | undefined> {
  const answer = await command(redis, 'INFO memory').catch(() => '');
  const bytes = /used_memory:(\d+)/.exec(answer)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

/** Sends one command to Redis on a connection of its own. */
export function command(redis: Returning, text: string): Promise<string> {
  return tcpAnswer(Number(redis.address.split(':')[1]), `${text}\r\n`);
}

interface VectorAnswer {
  data: { result: { value: [number, string] }[] };
}

/** What Prometheus answers to a query for one number; undefined if there is none. */
export async function ask({ prometheus }: Stage, query: string): Promise<number | undefined> {
  const url = `${prometheus.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const answer = (await fetch(url).then((response) => response.json())) as VectorAnswer;
  const value = answer.data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

async function freeAddress(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}

function scrapeConfig(gateways: readonly string[]): string {
  return `
global:
  scrape_interval: ${SCRAPE_INTERVAL}
  scrape_timeout: ${SCRAPE_INTERVAL}
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{ targets: ${JSON.stringify(gateways)} }]
`;
}
