import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { startApp } from './app.js';

let redis: RunningServer;
let gateway: RunningServer;

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));

/** Of all series. */
async function shown(job: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('jobs_total{') && line.includes(`job="${job}"`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}

it.each(['cluster', 'threads'])(
  'four workers by node:%s add up under one instance, also what one counted that was killed',
  async (kind) => {
    const options = {
      prometheus: { host: '127.0.0.1:9', jobs: [kind] },
      pushgateway: { host: gateway.address, redis: redis.address, timeoutMs: 2_000 },
      autoPush: { everyMs: 100 },
    };
    const { code, stdout, stderr } = await runNode('test/support/processes/workers.js', [kind], {
      OPTIONS: JSON.stringify(options),
    }).done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('2500');
    // One that was killed in its push leaves its turn to run out: that may last longer than the others' ends wait for it.
    const next = await startApp({ ...options, autoPush: false });
    expect(await next.metrics.push()).toMatchObject({ outcome: 'pushed' });
    await next.close();
    expect(await shown(kind)).toBe(2_500);
  },
);
