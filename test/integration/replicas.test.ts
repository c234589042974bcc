import type { AutoPushOptions, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { PusherProcess } from '../proofs/cluster/pusher-process.js';
import { type Step, steps } from '../proofs/cluster/steps.js';
import { freePort, type RunningServer, startPushgateway, startRedis } from '../support/servers.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

/** Replicas of one application as processes of their own, a real Redis and a real gateway, the networks between them ours. */
const TIMEOUT_MS = 1_000;
/** A turn runs out 3 s after the time-out of its request: within one tick, as at the defaults of 10 s and 15 s. */
const TICK_MS = 5_000;
/** What a busy machine may add. */
const SLACK_MS = 1_500;

let redisServer: RunningServer;
let gatewayServer: RunningServer;
let redis: TcpProxy;
let gateway: TcpProxy;
let job: string;
let replicas: PusherProcess[];
/** Pushes that the gateway took: by whom and when. */
let taken: { by: string; at: number }[];

beforeAll(async () => {
  redisServer = await startRedis();
  gatewayServer = await startPushgateway({ port: await freePort() });
});
afterAll(() => Promise.all([redisServer.stop(), gatewayServer.stop()]));

let tests = 0;
beforeEach(() => {
  redis = new TcpProxy(redisServer.port);
  gateway = new TcpProxy(gatewayServer.port);
  job = `replicas-${(tests += 1)}`;
  replicas = [];
  taken = [];
  gateway.watch(({ from, kind, bytes }) => {
    if (kind === 'received' && bytes.subarray(0, 12).toString() === 'HTTP/1.1 200')
      taken.push({ by: from, at: Date.now() });
    return undefined;
  });
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.crash()));
  for (const network of [redis, gateway]) network.close();
});

async function start(count: number, autoPush: AutoPushOptions): Promise<void> {
  const started = Array.from({ length: count }, async (_, at) => {
    const name = `replica-${at + 1}`;
    const options: PrometheusPushgatewayModuleOptions = {
      prometheus: { jobs: [job] },
      pushgateway: {
        host: gatewayServer.address,
        redis: `127.0.0.1:${await redis.entrance(name)}`,
        timeoutMs: TIMEOUT_MS,
        flushIntervalMs: 20,
      },
      autoPush,
    };
    const ways = { [gatewayServer.port]: await gateway.entrance(name) };
    return PusherProcess.start(name, { options, ways });
  });
  replicas = await Promise.all(started);
}

interface Blow {
  readonly strike: (victim: PusherProcess) => void;
  /** Whether the network loses the rest of that connection, as when the process dies; otherwise all goes on. */
  readonly isLast: boolean;
}

/** The first replica that comes to a step of its push is hit there. */
async function hitAt(name: string, { strike, isLast }: Blow): Promise<PusherProcess> {
  const step = steps.find((one) => one.name === name) as Step;
  let victim: PusherProcess | undefined;
  const end = (step.server === 'redis' ? redis : gateway).watch((traffic) => {
    const passing = victim ? undefined : step.reached(traffic);
    if (passing === undefined) return undefined;
    const hit = (victim = replicas.find((replica) => replica.name === traffic.from) as PusherProcess);
    if (isLast)
      return {
        passing,
        then: () => {
          strike(hit);
        },
      };
    strike(hit);
    return undefined;
  });
  const found = await waitFor(() => victim, { message: `a replica to come to the step "${name}"` });
  end();
  return found;
}

async function heldValue(): Promise<number> {
  const text = await fetch(`${gatewayServer.url}/metrics`).then((response) => response.text());
  return Number(new RegExp(`^orders_total\\{.*job="${job}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
}

const [first, second] = [() => replicas[0] as PusherProcess, () => replicas[1] as PusherProcess];
const stored = (replica: PusherProcess) =>
  waitFor(() => replica.stored === replica.counted, { message: 'the count to be stored' });

/** It is told that the turn is another's, or its request has timed out before, or Redis has cut its connection meanwhile. */
const TOO_LATE: unknown = expect.stringMatching(/^ERR_(PUSH_LOCK|HTTP_TIMEOUT|STORE_UNAVAILABLE)$/);

it('of four, one pushes at a tick, what all have counted', async () => {
  const everyMs = 1_000;
  await start(4, { everyMs });
  for (const replica of replicas) replica.count(5);
  await Promise.all(replicas.map(stored));
  const begunWith = taken.length;
  await waitFor(() => taken.length >= begunWith + 5, { message: 'five pushes' });
  // Each tick is four timers; a push less than three quarters of an interval after another would be the same tick's.
  const elapsedMs = (taken.at(-1)?.at ?? 0) - (taken[0]?.at ?? 0);
  expect(taken.length).toBeLessThanOrEqual(elapsedMs / (everyMs * 0.75) + 1);
  expect(await heldValue()).toBe(20);
});

it.each(['after begin-push', 'at half a body'])('killed %s: another takes over within one tick', async (step) => {
  await start(4, { everyMs: TICK_MS });
  first().count(5);
  const victim = await hitAt(step, { strike: (replica) => void replica.crash(), isLast: true });
  const killedAt = Date.now();
  const begunWith = taken.length;
  await waitFor(() => taken.length > begunWith, { message: 'a push by another' });
  expect(taken.at(-1)?.by).not.toBe(victim.name);
  expect((taken.at(-1)?.at ?? 0) - killedAt).toBeLessThan(TICK_MS + SLACK_MS);
  expect(await heldValue()).toBe(5);
});

it.each(['after begin-push', 'at 100 Continue'])(
  'frozen %s: what it had read never lands when it thaws',
  async (step) => {
    await start(2, false);
    first().count(5);
    await stored(first());
    const frozen = hitAt(step, {
      strike: (replica) => {
        replica.freeze();
      },
      isLast: false,
    });
    const late = first().push();
    await frozen;
    second().count(2);
    expect(await second().push()).toMatchObject([{ outcome: 'pushed' }]);
    expect(await heldValue()).toBe(7);
    first().thaw();
    expect(await late).toMatchObject([{ outcome: 'failed', code: TOO_LATE }]);
    expect(taken.map(({ by }) => by)).toEqual([second().name]);
    expect(await heldValue()).toBe(7);
  },
);

it('slowed by 2 s an answer: loses its turn to another, and pushes nothing old after it', async () => {
  await start(2, false);
  first().count(5);
  await stored(first());
  redis.slow(first().name, 2_000);
  const asked = hitAt('after begin-push', { strike: () => undefined, isLast: false });
  const late = first().push();
  await asked;
  second().count(2);
  expect(await second().push()).toMatchObject([{ outcome: 'pushed' }]);
  expect(await late).toMatchObject([{ outcome: 'failed', code: TOO_LATE }]);
  expect(taken.map(({ by }) => by)).toEqual([second().name]);
  expect(await heldValue()).toBe(7);
});
