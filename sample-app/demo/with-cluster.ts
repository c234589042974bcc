import { setTimeout as sleep } from 'node:timers/promises';
import { MetricsService, PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { type ServerCluster, startServerCluster } from './cluster.js';
import { inPrometheus, inStore } from './columns.js';
import { INSTANCE, JOBS, shopEnvironment } from './environment.js';
import { startObserver } from './observer.js';
import type { DemoOptions } from './options.js';
import { Program } from './program.js';
import { pushByCommand } from './push-by-command.js';
import { Screen } from './screen.js';
import { Show } from './show.js';
import { onStage } from './stage.js';
import { Troubles } from './troubles.js';

const PUSH_EVERY_MS = 1_000;
const CALM_MS = 6_000;
const AWAY_MS = 4_000;

await onStage(async (options, end) => {
  const screen = new Screen();
  screen.say('Starting Redis, three Pushgateways and three Prometheus ...');
  const cluster = await startServerCluster();
  try {
    return await play(cluster, screen, options, end);
  } finally {
    await cluster.stop();
  }
});

async function play(
  cluster: ServerCluster,
  screen: Screen,
  { seconds }: DemoOptions,
  end: AbortSignal,
): Promise<boolean> {
  const { redis, gateways, prometheus } = cluster;
  const places = {
    redis: redis.address,
    gateways: gateways.map(({ address }) => address),
    prometheus: (prometheus[0] as { address: string }).address,
  };
  const environment = shopEnvironment(places, PUSH_EVERY_MS);
  const shop = new Program([], environment);
  const troubles = new Troubles([redis, ...prometheus], shop);
  const url = await troubles.during(shop.printed(/Listening on (\S+)/));
  const observer = await startObserver({
    prometheus: { host: places.prometheus, instance: INSTANCE, jobs: JOBS },
    pushgateway: { host: places.gateways, redis: places.redis },
  });
  const metrics = observer.get(MetricsService);
  const clients = prometheus.map(({ address }) => new PrometheusClient({ host: address }));
  const columns = [
    inStore('in Redis', metrics, JOBS),
    ...clients.map((client, at) => inPrometheus(`Prometheus ${at + 1}`, client, JOBS)),
  ];
  const closing = new AbortController();
  const off = AbortSignal.any([end, troubles.signal, closing.signal]);
  const show = new Show(url, columns, screen, AbortSignal.any([end, troubles.signal]));
  let faults: Promise<void> | undefined;
  try {
    screen.say(
      `  Redis        ${redis.address}`,
      `  Pushgateways ${places.gateways.join(' ')}`,
      `  Prometheus   ${prometheus.map((server) => server.url).join(' ')}`,
      `  Shop         ${url}, a process of its own that pushes every ${PUSH_EVERY_MS / 1000} s`,
      '',
    );
    faults = killAgainAndAgain(cluster, metrics, screen, off);
    await troubles.during(
      Promise.all([
        show.trade(seconds).finally(() => {
          closing.abort();
        }),
        faults,
      ]),
    );
    screen.say(`The shop gets SIGTERM, and ends with ${await troubles.during(shop.end())}.`);
    await troubles.during(pushByCommand(screen, environment));
    const isRight = await troubles.during(show.arrive(() => troubles.signal.aborted));
    return (await sayResets(clients, screen)) && isRight;
  } finally {
    closing.abort();
    await show.close();
    await faults?.catch(() => undefined);
    await shop.end();
    await observer.close();
  }
}

/** Kills the gateway that has the orders, and lets it come back empty. */
async function killAgainAndAgain(
  { gateways }: ServerCluster,
  metrics: MetricsService,
  screen: Screen,
  off: AbortSignal,
): Promise<void> {
  const pause = (delayMs: number): Promise<void> => sleep(delayMs, undefined, { signal: off }).catch(() => undefined);
  await pause(CALM_MS);
  while (!off.aborted) {
    const [{ holder } = { holder: undefined }] = await metrics.status();
    const gateway = gateways.find(({ address }) => holder === `http://${address}`);
    if (gateway) {
      screen.say('', `${gateway.name}, which has the orders, is killed (kill -9) ...`, '');
      await gateway.kill();
      await pause(AWAY_MS);
      await gateway.comeBack();
      screen.say('', `... and is back, empty`, '');
    }
    await pause(CALM_MS);
  }
}

/** A step back of a counter looks like a restart from zero, and `increase()` would add its whole value once more. */
async function sayResets(clients: readonly PrometheusClient[], screen: Screen): Promise<boolean> {
  const resets = await Promise.all(
    clients.map(async (client) => (await client.query('sum(resets(orders_total[1h]))'))[0]?.value ?? Number.NaN),
  );
  const counts = resets.map((count, at) => `Prometheus ${at + 1}: ${count}`);
  screen.say(`False counter resets of orders_total: ${counts.join(', ')}.`);
  return resets.every((count) => count === 0);
}
