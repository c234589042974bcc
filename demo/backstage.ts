import { SCRAPE_INTERVAL_MS } from '../test/support/stack.js';
import type { FromDemo, FromShop, Wish } from '../sample-app/page/stage-messages.js';
import type { ServerCluster } from './server-cluster.js';
import type { Program } from './program.js';
import type { Screen } from './screen.js';
import type { Show } from './show.js';

const DONE = { kill: 'is killed (kill -9)', freeze: 'is frozen (kill -STOP)', revive: 'runs again' } as const;

/** Does to the servers what the page of the shop asks for, and hears from the shop what visitors have done there. */
export class Backstage {
  #hasActed = false;

  constructor(
    private readonly shop: Program,
    private readonly servers: ServerCluster,
    private readonly show: Show,
    private readonly screen: Screen,
  ) {
    shop.onMessage((message) => {
      this.#hear(message as FromShop);
    });
    this.tell();
  }

  /** Whether a visitor controls customers or gateways by hand: then the demo itself kills none. */
  get hasActed(): boolean {
    return this.#hasActed;
  }

  /** Says how the servers are. */
  tell(): void {
    const { gateways, prometheus } = this.servers;
    this.#send({
      staging: {
        gateways: gateways.map(({ name, url, state }) => ({ name, url, state })),
        prometheus: prometheus.map(({ url }, at) => ({ name: `Prometheus ${at + 1}`, url })),
        scrapeEveryMs: SCRAPE_INTERVAL_MS,
        hasCustomers: this.show.hasCustomers,
      },
    });
  }

  /** What visitors have left killed or frozen would keep the last values from arriving. */
  async tidyUp(): Promise<void> {
    for (const gateway of this.servers.gateways) {
      if (gateway.state === 'running') continue;
      await gateway.act('revive');
      this.screen.say(`${gateway.name} ${DONE.revive}.`);
    }
  }

  #hear(message: FromShop): void {
    if ('happening' in message) this.show.note(message.happening);
    else void this.#grant(message.id, message.wish);
  }

  async #grant(id: number, wish: Wish): Promise<void> {
    this.#hasActed = true;
    try {
      if (wish.act === 'customers') this.show.hasCustomers = wish.come;
      else {
        const gateway = this.servers.gateways.find(({ url }) => url === wish.gateway);
        if (!gateway) throw new Error(`No gateway of the demo: ${wish.gateway}`);
        await gateway.act(wish.act);
        this.screen.say('', `From the page: ${gateway.name} ${DONE[wish.act]}`, '');
      }
      this.tell();
      this.#send({ id });
    } catch (error) {
      this.#send({ id, error: (error as Error).message });
    }
  }

  #send(message: FromDemo): void {
    this.shop.send(message);
  }
}
