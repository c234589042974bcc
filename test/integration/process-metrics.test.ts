import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

const JOB = 'measured';
/** How long the group of a killed process may stay. */
const REMOVED_WITHIN_MS = 60_000;

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
    instrument: { process: { labels: { region: 'eu' } } },
  };
  const started = runNode('test/support/processes/measured.js', [JSON.stringify(options)]);
  processes.push(started);
  await waitFor(() => started.stdout().includes('ready'), { message: 'the application to start' });
  return started;
}

async function lines(name: string): Promise<string[]> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`job="${JOB}"`));
}

/** Which processes have a group. */
async function pidsOn(): Promise<string> {
  const pids = (await lines('process_cpu_seconds_total')).map(
    (line) => /process="[^"]*-(\d+)-[0-9a-f]{8}"/.exec(line)?.[1],
  );
  return pids.map(Number).sort().join();
}

describe('process metrics on a gateway that has process_* itself', () => {
  it('are a group for each process, gone with it, also if it is killed; what is counted stays a sum', async () => {
    const [ended, killed, stays] = await Promise.all([start(), start(), start()]);
    const all = [ended.pid, killed.pid, stays.pid].sort().join();
    await waitFor(async () => (await pidsOn()) === all, { message: 'a group for each process' });
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes', 'process_open_fds']) {
      const shown = await lines(name);
      expect(shown).toHaveLength(3);
      expect(shown.every((line) => line.includes('region="eu"'))).toBe(true);
    }
    await waitFor(
      async () => (await lines('orders_total')).join() === `orders_total{instance="localhost",job="${JOB}"} 6`,
      { message: 'the sum of what the three counted' },
    );

    ended.kill('SIGTERM');
    expect(await ended.done).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect((await pidsOn()).split(',')).not.toContain(String(ended.pid));

    killed.kill('SIGKILL');
    await killed.done;
    const killedAt = Date.now();
    expect((await pidsOn()).split(',')).toContain(String(killed.pid));
    await waitFor(async () => (await pidsOn()) === String(stays.pid), {
      timeoutMs: REMOVED_WITHIN_MS,
      intervalMs: 250,
      message: 'the group of the killed process to be removed',
    });
    console.log(`killed (-9): its group was gone after ${Date.now() - killedAt} ms`);

    stays.kill('SIGTERM');
    await stays.done;
    expect(await pidsOn()).toBe('');
    expect(await lines('orders_total')).toHaveLength(1);
  }, 120_000);
});
