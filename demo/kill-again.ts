import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricsService } from 'nestjs-prometheus-pushgateway';
import type { Backstage } from './backstage.js';
import type { Gateway } from './staged-gateway.js';
import type { Screen } from './screen.js';

const CALM_MS = 6_000;
const AWAY_MS = 4_000;

interface Surroundings {
  readonly metrics: MetricsService;
  readonly screen: Screen;
  readonly backstage: Backstage;
  readonly off: AbortSignal;
}

/** Kills the gateway that has the orders, and lets it come back empty; until a visitor of the page does such things. */
export async function killAgainAndAgain(
  gateways: readonly Gateway[],
  { metrics, screen, backstage, off }: Surroundings,
): Promise<void> {
  const pause = (delayMs: number): Promise<void> => sleep(delayMs, undefined, { signal: off }).catch(() => undefined);
  await pause(CALM_MS);
  while (!off.aborted && !backstage.hasActed) {
    const [{ holder } = { holder: undefined }] = await metrics.status();
    const gateway = gateways.find(({ url }) => holder === url);
    if (gateway) {
      screen.say('', `${gateway.name}, which has the orders, is killed (kill -9) ...`, '');
      await gateway.act('kill');
      backstage.tell();
      await pause(AWAY_MS);
      await gateway.act('revive');
      backstage.tell();
      screen.say('', `... and is back, empty`, '');
    }
    await pause(CALM_MS);
  }
}
