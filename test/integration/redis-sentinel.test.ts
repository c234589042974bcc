import { Redis } from 'ioredis';
import { type RunningServer, SENTINEL_MASTER, startRedis, startSentinel } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { failOverCutOff, killMaster, type Servers } from './failover.js';
import { Writers } from './writers.js';

const servers: RunningServer[] = [];
let writers: Writers;
let sentinel: RunningServer;

beforeEach(() => {
  writers = new Writers();
});
afterEach(async () => {
  await writers.kill();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function keep(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

/** A master with two replicas, and a sentinel that knows all three. */
async function start(): Promise<Servers> {
  const args = ['--repl-diskless-sync-delay', '0'];
  const master = await keep(startRedis({ args }));
  const following = [...args, '--replicaof', `${master.host} ${master.port}`];
  const replicas = await Promise.all([1, 2].map(() => keep(startRedis({ args: following }))));
  await asks(master, async (client) => (await client.info('replication')).match(/state=online/g)?.length === 2);
  // It asks a master for its replicas every 10 s, the first time at once.
  sentinel = await keep(startSentinel(master));
  await asks(sentinel, async (client) => {
    const known = (await client.call('SENTINEL', 'REPLICAS', SENTINEL_MASTER)) as unknown[];
    return known.length === 2;
  });
  return { master, replicas };
}

async function asks({ port }: RunningServer, question: (client: Redis) => Promise<boolean>): Promise<void> {
  const client = new Redis({ port });
  try {
    await waitFor(() => question(client), { message: 'replicas to be known' });
  } finally {
    client.disconnect();
  }
}

const connection = () => ({ sentinels: [{ host: sentinel.host, port: sentinel.port }], name: SENTINEL_MASTER });

describe('Sentinel', () => {
  it('fails over: what the old master alone had acknowledged is lost, what it had not arrives once', async () => {
    const group = await start();
    const outcome = await failOverCutOff(writers, connection(), group, 0);
    console.log(
      `lost with replicas cut off: ${outcome.lost}; acknowledged by the master alone: ${outcome.acknowledgedAlone}`,
    );
    expect(outcome).toMatchObject({ hasTooMuch: false });
    expect(outcome.lines).toEqual([
      expect.stringMatching(/^warn: /),
      expect.stringMatching(/^log: .* answers again/),
      expect.stringMatching(
        /^error: .* has lost what it had of job "job-[-0-9a-f]+" \(the last \d+ batches of this process\)/,
      ),
    ]);
    expect(outcome.acknowledgedAlone).toBeGreaterThan(0);
    expect(outcome.lost).toBeGreaterThanOrEqual(outcome.acknowledgedAlone);
    expect(outcome.lost).toBeLessThanOrEqual(outcome.atRisk);
  });

  it('fails over, and nothing is lost with waitForReplicas', async () => {
    const group = await start();
    const outcome = await failOverCutOff(writers, connection(), group, 1);
    expect(outcome).toMatchObject({ hasTooMuch: false, lost: 0 });
    expect(outcome.atRisk).toBeGreaterThan(0);
    expect(outcome.lines).toEqual([
      expect.stringMatching(
        /^warn: Redis sentinel main: expected 1 replicas to have a batch \(pushgateway.waitForReplicas\), got 0 in 1000 ms\. /,
      ),
      expect.stringMatching(/^log: Store sentinel main answers again/),
    ]);
  });

  it('fails over from a master killed (-9) under load', async () => {
    const group = await start();
    const outcome = await killMaster(writers, connection(), group);
    console.log(`lost in a failover by Sentinel: ${outcome.lost} of ${outcome.counted}`);
    expect(outcome.hasTooMuch).toBe(false);
    expect(outcome.lost).toBeGreaterThanOrEqual(0);
    expect(outcome.lost).toBeLessThanOrEqual(outcome.atRisk);
  });
});
