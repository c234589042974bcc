import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort,
  type RunningServer,
  startHaproxy,
  startPrometheus,
  startPushgateway,
  startRedis,
} from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { prometheusConfig } from './docker.js';
import { Member } from './member.js';
import { Pushers } from './pushers.js';
import type { Strategy } from './strategies.js';

/** Several groups, since a balancer may put them on different gateways. */
export const JOBS = ['cluster-1', 'cluster-2', 'cluster-3', 'cluster-4'] as const;

/** Prometheus before 2.50 says that it does not know it, and goes on. */
const START_TIMES = '--enable-feature=created-timestamp-zero-ingestion';

export interface ClusterOptions {
  /** Whether gateways keep what they hold over a restart. Default false. */
  readonly persistent?: boolean;
  /** Default 2. */
  readonly pushers?: number;
  /** Which gateways pushers know of at the start, if the strategy lists them. Default: all. */
  readonly listed?: readonly number[];
}

/** Three gateways, three Prometheus that each scrape every gateway and federate, Redis, maybe HAProxy, and pushers. */
export class Cluster {
  private constructor(
    readonly strategy: Strategy,
    readonly gateways: readonly Member[],
    readonly redis: Member,
    readonly balancer: Member | undefined,
    readonly prometheus: readonly RunningServer[],
    readonly pushers: Pushers,
    private readonly folder: string,
  ) {}

  static async start(
    strategy: Strategy,
    { persistent = false, pushers: replicas = 2, listed }: ClusterOptions = {},
  ): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), 'test-cluster-'));
    const gateways = await many(3, async (at) => gatewayAt(at, await freePort(), persistent ? folder : undefined));
    const redis = redisAt(await freePort(), folder);
    const statistics = `127.0.0.1:${await freePort()}`;
    const balancer = strategy.balancer && (await balancerFor(strategy.balancer, statistics, gateways));
    const members = [...gateways, redis, ...(balancer ? [balancer] : [])];
    await Promise.all(members.map((member) => member.start()));
    const prometheus = await startAllPrometheus(strategy, gateways, statistics, folder);
    const witness = prometheus[0]?.address as string;
    const pushers = new Pushers({ strategy, gateways, balancer, redis, witness, jobs: JOBS });
    const cluster = new Cluster(strategy, gateways, redis, balancer, prometheus, pushers, folder);
    try {
      if (listed) pushers.list(listed);
      await pushers.add(replicas);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where the group of this job is. */
  holderOf(job: string): Promise<Member> {
    return waitFor(
      async () => {
        for (const gateway of this.gateways) if (await holds(gateway, job)) return gateway;
        return undefined;
      },
      { message: `a gateway that holds ${job}` },
    );
  }

  async stop(): Promise<void> {
    await this.pushers.kill();
    const members = [...this.gateways, this.redis, ...(this.balancer ? [this.balancer] : []), ...this.prometheus];
    await Promise.all(members.map((server) => server.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

function gatewayAt(at: number, port: number, folder: string | undefined): Member {
  const args =
    folder === undefined ? [] : [`--persistence.file=${join(folder, `gateway-${at}`)}`, '--persistence.interval=1s'];
  return new Member(`gateway-${at + 1}`, port, () => startPushgateway({ port, args }));
}

/** Keeps what it has acknowledged, even when it is killed. */
function redisAt(port: number, dir: string): Member {
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  return new Member('redis', port, () => startRedis({ port, dir, args }));
}

async function balancerFor(
  configOf: NonNullable<Strategy['balancer']>,
  statistics: string,
  gateways: readonly Member[],
): Promise<Member> {
  const port = await freePort();
  const peers = `127.0.0.1:${await freePort()}`;
  const reached = await Promise.all(
    gateways.map(async ({ network }) => `127.0.0.1:${await network.entrance('haproxy')}`),
  );
  const config = await configOf({ pushes: `127.0.0.1:${port}`, statistics, peers, gateways: reached });
  return new Member('haproxy', port, () => startHaproxy({ config, port }));
}

async function startAllPrometheus(
  { prometheus: adapt = (config) => config }: Strategy,
  gateways: readonly Member[],
  statistics: string,
  folder: string,
): Promise<RunningServer[]> {
  const ports = await many(3, () => freePort());
  const places = {
    gateways: gateways.map(({ address }) => address),
    prometheus: ports.map((port) => `127.0.0.1:${port}`),
    statistics,
  };
  return Promise.all(
    ports.map(async (port, at) => {
      const config = await adapt(await prometheusConfig(at, places), { jobs: JOBS, folder });
      return startPrometheus({ port, config, args: [START_TIMES] });
    }),
  );
}

async function holds({ address }: Member, job: string): Promise<boolean> {
  const signal = AbortSignal.timeout(500);
  const text = await fetch(`http://${address}/metrics`, { signal }).then(
    (response) => response.text(),
    () => '',
  );
  return text.includes(`job="${job}"`);
}

/** One after the other: two ports asked for at once could be the same. */
async function many<T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let at = 0; at < count; at += 1) made.push(await make(at));
  return made;
}
