import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { runNode } from '../../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../../support/servers.js';
import { waitFor } from '../../support/wait-for.js';
import { type App, startApp } from '../app.js';
import { groupsOf } from './support.js';

let redis: RunningServer;
let gateways: [RunningServer, RunningServer];
let job: string;
let warn: jest.SpyInstance;
const apps: App[] = [];

beforeAll(async () => {
  redis = await startRedis();
  gateways = [await startPushgateway(), await startPushgateway()];
});
afterAll(() => Promise.all([redis, ...gateways].map((server) => server.stop())));
beforeEach(() => {
  job = `shop-${randomUUID()}`;
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  jest.restoreAllMocks();
});

type Options = PrometheusPushgatewayModuleOptions;

function optionsOf(gateway: RunningServer, instance = 'test', more: Options['pushgateway'] = {}): Options {
  return {
    prometheus: { host: '127.0.0.1:9', instance, jobs: [job] },
    pushgateway: { host: gateway.address, redis: redis.address, keyPrefix: job, flushIntervalMs: 20, ...more },
    autoPush: false,
  };
}

async function start(options: Options): Promise<App> {
  const app = await startApp(options);
  apps.push(app);
  app.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(5);
  return app;
}

/** On which of the two gateways the job is. */
async function places(): Promise<boolean[]> {
  const isThere = async (server: RunningServer): Promise<boolean> =>
    (await groupsOf(server)).some((labels) => labels['job'] === job);
  return Promise.all(gateways.map(isThere));
}

const end = (app: App): Promise<void> => apps.splice(apps.indexOf(app), 1)[0]?.close() ?? Promise.resolve();

it('a group stays on the gateway that a living process has configured; others say so, once, and take it over after it', async () => {
  const [one, two] = [await start(optionsOf(gateways[0])), await start(optionsOf(gateways[1]))];
  expect(await one.metrics.push()).toMatchObject({ outcome: 'pushed', gateway: gateways[0].url });
  const reason = expect.stringContaining(`${gateways[0].url} has the group, and another living process`) as string;
  for (let round = 0; round < 3; round++) {
    expect(await two.metrics.push()).toMatchObject({ outcome: 'skipped', reason });
  }
  expect(await two.metrics.delete()).toMatchObject({ outcome: 'skipped', reason });
  const said = warn.mock.calls.filter(([text]: unknown[]) => String(text).includes('has the group'));
  expect(said).toEqual([[expect.stringContaining(`Job "${job}": ${gateways[0].url} has the group`)]]);
  expect(await places()).toEqual([true, false]);

  const { stdout } = await runNode('test/support/processes/command.js', ['doctor'], {
    OPTIONS: JSON.stringify(optionsOf(gateways[1])),
  }).done;
  expect(stdout).toContain(`living processes push to ${gateways[0].url} too`);

  await end(one);
  expect(await two.metrics.push()).toMatchObject({ outcome: 'pushed', gateway: gateways[1].url });
  await waitFor(async () => JSON.stringify(await places()) === '[false,true]', { message: 'the group to move' });
});

it('a process that never pushes says nothing', async () => {
  const quiet = await start(optionsOf(gateways[0]));
  await quiet.metrics.flush();
  const two = await start(optionsOf(gateways[1]));
  expect((await two.metrics.push()).outcome).toBe('pushed');
});

it('nobody removes a group from a gateway that only others have configured', async () => {
  const STALE_MS = 1_500;
  const dead = await start(optionsOf(gateways[0], 'dead', { staleGroupAfterMs: STALE_MS }));
  const same = await start(optionsOf(gateways[0], 'same'));
  await Promise.all([dead, same].map(({ metrics }) => metrics.push()));
  await end(dead);
  const other = await start(optionsOf(gateways[1], 'other', { staleGroupAfterMs: STALE_MS }));
  await other.metrics.push();
  const begun = Date.now();
  // Whoever watches has had the time to look several times.
  await waitFor(() => Date.now() - begun > 3 * STALE_MS, { message: 'the group to be silent for long' });
  expect((await groupsOf(gateways[0])).filter((labels) => labels['job'] === job)).toHaveLength(2);
  await end(same);
  await waitFor(
    async () => (await groupsOf(gateways[0])).every((labels) => labels['instance'] !== 'dead' || labels['job'] !== job),
    {
      message: 'the group to be removed when nobody has its gateway configured any more',
    },
  );
});
