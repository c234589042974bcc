import { Redis } from 'ioredis';
import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

/** How long the group of a killed process may stay: its silence, and the interval at which others look. */
const REMOVED_WITHIN_MS = 30_000;
const JOB = 'bridged';

let redis: RunningServer;
let gateway: RunningServer;
const processes: RunningNode[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  await Promise.all([redis.stop(), gateway.stop()]);
});

async function start(): Promise<RunningNode> {
  const options = {
    prometheus: { host: 'localhost:1', jobs: [JOB] },
    pushgateway: { host: gateway.address, redis: redis.address },
    autoPush: { everyMs: 500 },
  };
  const started = runNode('test/support/processes/bridge.js', [JSON.stringify(options)]);
  processes.push(started);
  await waitFor(() => started.stdout().includes('ready'), { message: 'the application to start' });
  return started;
}

async function lines(name: string): Promise<string[]> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name) && line.includes(`job="${JOB}"`));
}

/** Which processes have a group, by what a metric says of each. */
async function pidsOn(): Promise<number[]> {
  const pids = (await lines('library_jobs_sum')).map((line) => /process="[^"]*-(\d+)-[0-9a-f]{8}"/.exec(line)?.[1]);
  return pids.map(Number).sort((one, other) => one - other);
}

async function keysOfProcesses(): Promise<string[]> {
  const client = new Redis({ port: redis.port });
  try {
    return (await client.keys('*')).filter((key) => /process.*-\d+-[0-9a-f]{8}/.test(key) && !key.endsWith(':turn'));
  } finally {
    client.disconnect();
  }
}

describe('metrics of prom-client in two processes', () => {
  it('are in a group for each process, while ours are sums; a group goes with its process, also if that is killed', async () => {
    const [ended, killed, stays] = await Promise.all([start(), start(), start()]);
    const all = [ended.pid, killed.pid, stays.pid].sort((one, other) => one - other);
    await waitFor(async () => (await pidsOn()).join() === all.join(), { message: 'a group for each process' });
    expect(await lines('nodejs_eventloop_lag_p99_seconds')).toHaveLength(3);
    expect(await lines('process_cpu_user_seconds_total')).toHaveLength(3);
    expect(
      (await lines('library_jobs_bucket')).map((line) => line.replace(/^.*(le="[^"]*").* (\d+)$/, '$1 $2')).sort(),
    ).toEqual(['le="+Inf" 1', 'le="1" 0', 'le="2" 1'].flatMap((line) => [line, line, line]));
    await waitFor(
      async () => (await lines('orders_total')).join() === `orders_total{instance="localhost",job="${JOB}"} 6`,
      {
        message: 'the sum of what the three counted',
      },
    );

    ended.kill('SIGTERM');
    expect(await ended.done).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(await pidsOn()).not.toContain(ended.pid);

    killed.kill('SIGKILL');
    await killed.done;
    const killedAt = Date.now();
    expect(await pidsOn()).toContain(killed.pid);
    await waitFor(async () => !(await pidsOn()).includes(killed.pid), {
      timeoutMs: REMOVED_WITHIN_MS,
      intervalMs: 250,
      message: 'the group of the killed process to be removed',
    });
    console.log(`killed (-9): its group was gone after ${Date.now() - killedAt} ms`);
    expect(await pidsOn()).toEqual([stays.pid]);
    expect((await keysOfProcesses()).length).toBeGreaterThan(0);

    stays.kill('SIGTERM');
    await stays.done;
    expect(await pidsOn()).toEqual([]);
    expect((await lines('orders_total')).length).toBe(1);
    expect(await keysOfProcesses()).toEqual([]);
  }, 90_000);
});
