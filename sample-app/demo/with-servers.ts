import { MetricsService, PrometheusClient } from 'nestjs-prometheus-pushgateway';
import { startStack, type Stack } from '../../test/support/stack.js';
import { inPrometheus, inStore, onGateway } from './columns.js';
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

await onStage(async (options, end) => {
  const screen = new Screen();
  screen.say('Starting Redis, Pushgateway and Prometheus ...');
  const stack = await startStack();
  try {
    return await play(stack, screen, options, end);
  } finally {
    await stack.stop();
  }
});

async function play(stack: Stack, screen: Screen, { seconds }: DemoOptions, end: AbortSignal): Promise<boolean> {
  const { redis, gateway, prometheus } = stack;
  const places = { redis: redis.address, gateways: [gateway.address], prometheus: prometheus.address };
  const environment = shopEnvironment(places, PUSH_EVERY_MS);
  const shop = new Program([], environment);
  const troubles = new Troubles([redis, gateway, prometheus], shop);
  const url = await troubles.during(shop.printed(/Listening on (\S+)/));
  const observer = await startObserver({
    prometheus: { host: prometheus.address, instance: INSTANCE, jobs: JOBS },
    pushgateway: { host: gateway.address, redis: redis.address },
  });
  const columns = [
    inStore('in Redis', observer.get(MetricsService), JOBS),
    onGateway(gateway.url),
    inPrometheus('in Prometheus', observer.get(PrometheusClient), JOBS),
  ];
  const show = new Show(url, columns, screen, AbortSignal.any([end, troubles.signal]));
  try {
    sayAddresses(screen, stack, url);
    await troubles.during(show.trade(seconds));
    screen.say(`The shop gets SIGTERM, and ends with ${await troubles.during(shop.end())}.`);
    await troubles.during(pushByCommand(screen, environment));
    return await troubles.during(show.arrive(() => troubles.signal.aborted));
  } finally {
    await show.close();
    await shop.end();
    await observer.close();
  }
}

function sayAddresses(screen: Screen, { redis, gateway, prometheus }: Stack, shop: string): void {
  screen.say(
    `  Redis        ${redis.address}`,
    `  Pushgateway  ${gateway.url}`,
    `  Prometheus   ${prometheus.url}/graph?g0.expr=orders_total&g0.tab=0&g0.range_input=5m`,
    `  Shop         ${shop}, a process of its own that pushes every ${PUSH_EVERY_MS / 1000} s`,
    '',
  );
}
