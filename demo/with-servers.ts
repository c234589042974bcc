import { MetricsService, PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { type Column, inPrometheus, inStore, onGateway } from '../sample-app/places/columns.js';
import { Backstage } from './backstage.js';
import { type ServerCluster, startServerCluster } from './server-cluster.js';
import { INSTANCE, JOBS, shopEnvironment } from './shop-environment.js';
import { falseResets } from './false-resets.js';
import { killAgainAndAgain } from './kill-again.js';
import { startObserver } from './observing-app.js';
import type { DemoOptions } from './options.js';
import { Program } from './program.js';
import { pushByCommand } from './push-by-command.js';
import { Screen } from './screen.js';
import { Show } from './show.js';
import { onStage } from './on-stage.js';
import { Troubles } from './troubles.js';

const PUSH_EVERY_MS = 1_000;
const CLUSTER_SIZE = 3;

await onStage(async (options, end) => {
  const screen = new Screen();
  screen.say(`Starting Redis, ${options.cluster ? 'three Pushgateways and three' : 'Pushgateway and'} Prometheus ...`);
  const servers = await startServerCluster(options.cluster ? CLUSTER_SIZE : 1);
  try {
    return await play(servers, screen, options, end);
  } finally {
    await servers.stop();
  }
});

async function play(
  servers: ServerCluster,
  screen: Screen,
  { seconds, cluster }: DemoOptions,
  end: AbortSignal,
): Promise<boolean> {
  const { redis, gateways, prometheus } = servers;
  const places = {
    redis: redis.address,
    gateways: gateways.map(({ address }) => address),
    prometheus: (prometheus[0] as { address: string }).address,
  };
  const environment = shopEnvironment(places, PUSH_EVERY_MS);
  const shop = new Program([], environment, true);
  const troubles = new Troubles([redis, ...gateways, ...prometheus], shop);
  const url = await troubles.during(shop.printed(/Listening on (\S+)/));
  const observer = await startObserver({
    prometheus: { host: places.prometheus, instance: INSTANCE, jobs: JOBS },
    pushgateway: { host: places.gateways, redis: places.redis },
  });
  const metrics = observer.get(MetricsService);
  const clients = prometheus.map(({ address }) => new PrometheusClient({ host: address }));
  const closing = new AbortController();
  const off = AbortSignal.any([end, troubles.signal, closing.signal]);
  const show = new Show(url, columnsOf(servers, metrics, clients), screen, AbortSignal.any([end, troubles.signal]));
  const backstage = new Backstage(shop, servers, show, screen);
  let faults: Promise<void> | undefined;
  try {
    sayAddresses(screen, servers, url);
    faults = cluster ? killAgainAndAgain(gateways, { metrics, screen, backstage, off }) : Promise.resolve();
    const trading = show.trade(seconds).finally(() => {
      closing.abort();
    });
    await troubles.during(Promise.all([trading, faults]));
    await troubles.during(backstage.tidyUp());
    screen.say(`The shop gets SIGTERM, and ends with ${await troubles.during(shop.end())}.`);
    await troubles.during(pushByCommand(screen, environment));
    const isRight = await troubles.during(show.arrive(() => troubles.signal.aborted));
    return (!cluster || (await falseResets(clients, screen))) && isRight;
  } finally {
    closing.abort();
    await show.close();
    await faults?.catch(() => undefined);
    await shop.end();
    await observer.close();
  }
}

/** Which of several gateways has the values is for the page to show. */
function columnsOf(
  { gateways }: ServerCluster,
  metrics: MetricsService,
  clients: readonly PrometheusClient[],
): Column[] {
  const [gateway, ...others] = gateways;
  const isOne = gateway !== undefined && others.length === 0;
  return [
    inStore('in Redis', metrics, JOBS),
    ...(isOne ? [onGateway('on the gateway', gateway.url)] : []),
    ...clients.map((client, at) => inPrometheus(isOne ? 'in Prometheus' : `Prometheus ${at + 1}`, client, JOBS)),
  ];
}

function sayAddresses(screen: Screen, { redis, gateways, prometheus }: ServerCluster, shop: string): void {
  const graph = '/graph?g0.expr=orders_total&g0.tab=0&g0.range_input=5m';
  screen.say(
    `  Shop         ${shop}/ is its page: buttons, and every place side by side`,
    `  Redis        ${redis.address}`,
    ...gateways.map(({ url }) => `  Pushgateway  ${url}`),
    ...prometheus.map(({ url }) => `  Prometheus   ${url}${graph}`),
    `The shop is a process of its own that pushes every ${PUSH_EVERY_MS / 1000} s.`,
    '',
  );
}
