import { randomUUID } from 'node:crypto';
import { PushgatewayClient, type PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { runInTerminal } from '../support/run-in-terminal.js';
import { runNode } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { type App, startApp } from './app.js';

const COMMAND = 'test/support/processes/command.js';
/** A process starts slowly where much else is going on. */
const PATIENCE_MS = 45_000;

interface Gateway {
  gateway: string;
  error?: string;
  samples: number;
  groups: { labels: Record<string, string>; state: string; pushedAt?: string; removed?: boolean; reason?: string }[];
}

let redis: RunningServer;
let gateways: RunningServer[];
beforeAll(async () => {
  redis = await startRedis();
  gateways = await Promise.all([startPushgateway(), startPushgateway()]);
});
afterAll(() => Promise.all([redis, ...gateways].map((server) => server.stop())));

let job: string;
let options: PrometheusPushgatewayModuleOptions;
beforeEach(() => {
  job = `shop-${randomUUID()}`;
  options = {
    prometheus: { host: '127.0.0.1:9', instance: 'prod', jobs: [job] },
    pushgateway: { host: gateways.map(({ address }) => address), redis: redis.address },
    autoPush: false,
  };
});

async function pushed(instance: string): Promise<App> {
  const app = await startApp({ ...options, prometheus: { ...options.prometheus, instance } });
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc();
  expect(await app.metrics.push()).toMatchObject({ outcome: 'pushed' });
  return app;
}
/** By somebody who shares the gateway and not the Redis. */
const pushedByOthers = (key: { job: string; instance: string }): Promise<unknown> =>
  new PushgatewayClient({ host: gateways[0]?.address as string }).push(key, '# TYPE x gauge\nx 1\n');

const groups = (...args: string[]) =>
  runNode(COMMAND, ['groups', '--older-than', '0', ...args], { OPTIONS: JSON.stringify(options) }).done;
const groupsIn = (stdout: string) => (JSON.parse(stdout) as Gateway[]).flatMap((gateway) => gateway.groups);
/** Instances of our job, as the gateways themselves show them. */
const shown = async (ofJob = job): Promise<string[]> => {
  const pages = await Promise.all(gateways.map(({ url }) => fetch(`${url}/metrics`).then((page) => page.text())));
  const found = pages.join('\n').matchAll(new RegExp(`^push_time_seconds\\{instance="([^"]*)",job="${ofJob}"`, 'gm'));
  return [...found].map(([, instance]) => instance as string).sort();
};

it('tells what is current, what nobody pushes any more, and what is not ours; and removes only that', async () => {
  const alive = await pushed('prod');
  const replica = await pushed('pod-2');
  await (await pushed('pod-1')).close();
  await pushedByOthers({ job, instance: 'foreign' });
  await pushedByOthers({ job: `other-${job}`, instance: 'pod-1' });

  const text = await groups();
  expect(text).toMatchObject({ code: 0, stderr: '' });
  const states = [...text.stdout.matchAll(new RegExp(`^(?:other-)?${job} +(\\S+) +.* ago +(\\w+)$`, 'gm'))];
  expect(states.map(([, instance, state]) => `${instance} ${state}`).sort()).toEqual([
    'foreign unknown',
    'pod-1 orphan',
    'pod-1 other',
    'pod-2 current',
    'prod current',
  ]);

  const removed = await groups('--delete-orphans', '--yes', '--json');
  expect(removed).toMatchObject({ code: 0, stderr: '' });
  expect(groupsIn(removed.stdout).filter((one) => 'removed' in one)).toMatchObject([
    { labels: { job, instance: 'pod-1' }, state: 'orphan', removed: true },
  ]);
  expect(await shown()).toEqual(['foreign', 'pod-2', 'prod']);
  expect(await shown(`other-${job}`)).toEqual(['pod-1']);

  // Its values have stayed: what comes back goes on where it was.
  const back = await pushed('pod-1');
  expect(await back.metrics.text()).toContain('\norders_total 2\n');
  await Promise.all([alive.close(), replica.close(), back.close()]);
});

it('removes nothing where nobody can be asked', async () => {
  await (await pushed('pod-1')).close();
  const refused = await groups('--delete-orphans', '--json');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toBe(
    'groups: this is no terminal to ask on, and nothing was removed: add --yes if you are sure\n',
  );
  expect(await shown()).toEqual(['pod-1']);
});

it.each([
  ['Ctrl-C', '\u0003', 1, /groups: nothing was removed\r\n$/, ['pod-1']],
  ['yes', 'y\r', 0, /removed\S+ job \S+, instance pod-1\r\n$/, []],
])('asks on a terminal: %s', async (_, answer, code, last, left) => {
  await (await pushed('pod-1')).close();
  const run = runInTerminal(COMMAND, ['groups', '--older-than', '0', '--delete-orphans'], {
    environment: { OPTIONS: JSON.stringify(options) },
  });
  const question = `  job ${job}, instance pod-1\r\nRemove this group from the gateways? [y/N] `;
  await waitFor(() => run.screen().includes(question), { message: 'the question', timeoutMs: PATIENCE_MS });
  run.type(answer);
  expect(await run.done).toEqual({ code, signal: null });
  expect(run.screen()).toMatch(last);
  expect(await shown()).toEqual(left);
});

it('says which gateway it could not ask', async () => {
  options = {
    ...options,
    pushgateway: { ...options.pushgateway, host: [gateways[0]?.address as string, '127.0.0.1:9'] },
  };
  const { code, stdout } = await groups('--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { gateway: gateways[0]?.url },
    { gateway: 'http://127.0.0.1:9', error: expect.stringContaining('ECONNREFUSED') as string, groups: [] },
  ]);
});
