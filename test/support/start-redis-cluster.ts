import { Redis } from 'ioredis';

import { freePort } from './free-port.js';
import type { RunningServer } from './running-server.js';
import { startRedis } from './start-redis.js';
import { waitFor } from './wait-for.js';

const SLOTS = 16_384;
/** A node that does not answer for this time counts as failed. */
const NODE_TIMEOUT_MS = 1_000;

/** A Redis Cluster of native servers: masters with replicas. */
export interface RedisCluster {
  /** For the options of a client. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The server that has a key's slot now. */
  masterOf(key: string): Promise<RunningServer>;
  replicasOf(master: RunningServer): Promise<RunningServer[]>;
  /** Moves the slot of a key to another master, as a resharding does; `during` runs while half of its keys have moved. */
  moveSlot(key: string, to: RunningServer, during?: () => Promise<void>): Promise<void>;
  readonly masters: () => Promise<RunningServer[]>;
  stop(): Promise<void>;
}

interface Node {
  readonly server: RunningServer;
  readonly client: Redis;
  readonly busPort: number;
}

/** Starts masters and replicas, and resolves once all slots are served and every replica follows its master. */
export async function startRedisCluster({ masters = 3, replicas = 1 } = {}): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: masters * (1 + replicas) }, () => startNode()));
  const stop = async (): Promise<void> => {
    for (const { client } of nodes) client.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    await join(nodes, masters);
  } catch (error) {
    await stop();
    throw error;
  }
  return clusterOf(nodes, stop);
}

async function startNode(): Promise<Node> {
  const busPort = await freePort();
  const server = await startRedis({
    args: [
      ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
      ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--cluster-replica-validity-factor', '0'],
      ...['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'],
    ],
  });
  const client = new Redis({
    port: server.port,
    retryStrategy: () => 100,
    maxRetriesPerRequest: 1,
    disconnectTimeout: 100,
  });
  client.on('error', () => undefined);
  return { server, client, busPort };
}

async function join(nodes: readonly Node[], masters: number): Promise<void> {
  const [first, ...others] = nodes as [Node, ...Node[]];
  for (const [at, { client }] of nodes.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
    if (at < masters) {
      const from = Math.floor((at * SLOTS) / masters);
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.floor(((at + 1) * SLOTS) / masters) - 1);
    }
  }
  for (const { server, busPort } of others) {
    await first.client.call('CLUSTER', 'MEET', server.host, server.port, busPort);
  }
  const everybodyKnowsReplicas = async (): Promise<boolean> => {
    const views = await Promise.all(nodes.map(({ client }) => client.cluster('NODES')));
    return views.every((view) => String(view).match(/slave/g)?.length === nodes.length - masters);
  };
  const everybodyKnows = (state: string) => async (): Promise<boolean> => {
    const infos = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')));
    return infos.every((info) => info.includes(state) && info.includes(`cluster_known_nodes:${nodes.length}`));
  };
  await waitFor(everybodyKnows('cluster_known_nodes'), { message: 'the nodes to know each other' });
  for (const [at, { client }] of nodes.slice(masters).entries()) {
    const master = await (nodes[at % masters] as Node).client.call('CLUSTER', 'MYID');
    await client.call('CLUSTER', 'REPLICATE', String(master));
  }
  await waitFor(everybodyKnowsReplicas, { message: 'the nodes to know who is a replica' });
  await waitFor(everybodyKnows('cluster_state:ok'), { message: 'the cluster to be whole' });
  await waitFor(
    async () => {
      const infos = await Promise.all(nodes.slice(masters).map(({ client }) => client.info('replication')));
      return infos.every((info) => info.includes('master_link_status:up'));
    },
    { message: 'the replicas to follow' },
  );
}

function clusterOf(nodes: readonly Node[], stop: () => Promise<void>): RedisCluster {
  const nodeAt = (port: number): Node => nodes.find(({ server }) => server.port === port) as Node;
  const nodeOf = ({ port }: RunningServer): Node => nodeAt(port);
  const alive = async (): Promise<Node> => {
    for (const node of nodes) {
      const answers = await node.client.ping().then(
        () => true,
        () => false,
      );
      if (answers) return node;
    }
    throw new Error('no node of the cluster answers');
  };

  /** Master and replicas of each range of slots. */
  async function ranges(): Promise<{ from: number; to: number; ports: number[] }[]> {
    const script = "return redis.call('CLUSTER', 'SLOTS')";
    const slots = (await (await alive()).client.eval(script, 0)) as [number, number, ...[string, number][]][];
    return slots.map(([from, to, ...servers]) => ({ from, to, ports: servers.map(([, port]) => port) }));
  }

  async function masterOf(key: string): Promise<RunningServer> {
    const slot = await (await alive()).client.cluster('KEYSLOT', key);
    const range = (await ranges()).find(({ from, to }) => from <= slot && slot <= to);
    if (!range) throw new Error(`nobody serves slot ${slot}`);
    return nodeAt(range.ports[0] as number).server;
  }

  async function moveSlot(key: string, to: RunningServer, during = () => Promise.resolve()): Promise<void> {
    const [source, target] = [nodeOf(await masterOf(key)), nodeOf(to)];
    const slot = await source.client.cluster('KEYSLOT', key);
    const [sourceId, targetId] = await Promise.all(
      [source, target].map(({ client }) => client.call('CLUSTER', 'MYID')),
    );
    await target.client.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(targetId));
    const keys = await source.client.cluster('GETKEYSINSLOT', slot, 1_000);
    const migrate = async (some: readonly string[]): Promise<void> => {
      for (const one of some) await source.client.call('MIGRATE', to.host, to.port, one, 0, 5_000);
    };
    const half = Math.ceil(keys.length / 2);
    await migrate(keys.slice(0, half));
    await during();
    await migrate(keys.slice(half));
    for (const { client } of [target, source]) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(targetId));
  }

  return {
    nodes: nodes.map(({ server: { host, port } }) => ({ host, port })),
    masterOf,
    replicasOf: async (master) => {
      // CLUSTER SLOTS leaves out a replica that has not had any data yet.
      const id = await nodeOf(master).client.call('CLUSTER', 'MYID');
      const lines = String(await nodeOf(master).client.cluster('NODES')).split('\n');
      return lines
        .map((line) => line.split(' '))
        .filter(([, , , of]) => of === id)
        .map(([, address]) => nodeAt(Number(/:(\d+)@/.exec(address ?? '')?.[1])).server);
    },
    moveSlot,
    masters: async () => {
      const ports = new Set((await ranges()).map((range) => range.ports[0] as number));
      return [...ports].map((port) => nodeAt(port).server);
    },
    stop,
  };
}
