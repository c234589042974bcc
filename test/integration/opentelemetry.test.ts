import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningNode, runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

const JOB = 'telemetry';

let redis: RunningServer;
let gateway: RunningServer;
let target: Server;
const processes: RunningNode[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  target = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await waitFor(() => target.listening, { message: 'the server that is asked' });
});
afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  target.closeAllConnections();
  target.close();
  await Promise.all([redis.stop(), gateway.stop()]);
});

async function start(): Promise<RunningNode> {
  const options = {
    prometheus: { host: 'localhost:1', jobs: [JOB] },
    pushgateway: { host: gateway.address, redis: redis.address },
    autoPush: { everyMs: 300 },
  };
  const { port } = target.address() as AddressInfo;
  const args = [JSON.stringify(options), `http://127.0.0.1:${port}/`, String(redis.port)];
  const started = runNode('test/support/processes/telemetry.js', args);
  processes.push(started);
  await says(started, 'flushed');
  return started;
}

const linesOf = (one: RunningNode): string[] => one.stdout().split('\n');
const says = async (one: RunningNode, line: string, times = 1): Promise<void> => {
  const isSaid = (): boolean => linesOf(one).filter((said) => said.startsWith(line)).length >= times;
  await waitFor(isSaid, { timeoutMs: 40_000, message: `"${line}"` }).catch((error: unknown) => {
    throw new Error(`it said: ${one.stdout()}`, { cause: error });
  });
};

/** Values by name and scope, of all series of the job. */
async function counts(): Promise<Record<string, number>> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const sums: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, name, labels, value] =
      /^(orders_total|processes|http_client_request_duration_seconds_count)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (name === undefined || !labels?.includes(`job="${JOB}"`)) continue;
    const scope = /otel_scope_name="([^"]*)"/.exec(labels)?.[1] ?? '';
    const port = /server_port="([^"]*)"/.exec(labels)?.[1] ?? '';
    const key = [name, scope.replace('@opentelemetry/instrumentation-', ''), port].join(' ').trim();
    sums[key] = (sums[key] ?? 0) + Number(value);
  }
  return sums;
}

it('counts what three instrumentations and a meter measure once: two replicas, Redis away, one killed, one ended', async () => {
  const { port } = target.address() as AddressInfo;
  const expected = (requests: number, orders: number, living: number): Record<string, number> => ({
    [`http_client_request_duration_seconds_count http ${port}`]: requests,
    [`http_client_request_duration_seconds_count undici ${port}`]: requests,
    'orders_total shop': orders,
    ...(living > 0 && { 'processes shop': living }),
  });
  const shows = (requests: number, orders: number, living: number): Promise<unknown> =>
    waitFor(
      async () =>
        JSON.stringify(Object.entries(await counts()).sort()) ===
        JSON.stringify(Object.entries(expected(requests, orders, living)).sort()),
      {
        timeoutMs: 40_000,
        message: `${requests} requests, ${orders} orders, ${living} processes`,
      },
    );
  const [killed, stays] = await Promise.all([start(), start()]);
  expect(stays.stdout()).toMatch(/^not flushed: \d+ exports wait for the application to start$/m);
  await shows(20, 10, 2);

  // A flush that does not reach Redis says so; what it was for is kept, and stored once.
  redis.kill('SIGSTOP');
  stays.kill('SIGUSR2');
  await says(stays, 'not flushed: Redis');
  redis.kill('SIGCONT');
  await says(stays, 'flushed', 2);
  await shows(30, 15, 2);

  // What was flushed survives the process; what goes up and down goes with it.
  killed.kill('SIGUSR2');
  await says(killed, 'flushed', 2);
  killed.kill('SIGKILL');
  await killed.done;
  await shows(40, 20, 1);

  stays.kill('SIGTERM');
  const { code, stdout, stderr } = await stays.done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await counts()).toEqual(expected(40, 25, 0));

  const { spans } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { spans: string[] };
  // Those of the application's own client: of this package's, which runs scripts, there is nothing.
  const others = [...new Set(spans)].filter(
    (name) => !['GET', 'client', 'connect', 'hello', 'info', 'set'].includes(name),
  );
  expect(others).toEqual([]);
  expect(spans.filter((name) => name === 'connect' || name === 'set').sort()).toEqual(['connect', 'set']);
  expect(spans.filter((name) => name === 'GET')).toHaveLength(40);
}, 120_000);
