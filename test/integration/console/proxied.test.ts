import { type RunningServer, startPushgateway, startRedis } from '../../support/servers.js';
import { firstEvent } from '../../support/first-event.js';
import { startPrefixProxy } from './prefix-proxy.js';
import { PasswordGuard, type Shop, SIGNED_IN, startShop } from './shop.js';

let redis: RunningServer;
let gateway: RunningServer;
let shop: Shop;
let proxy: RunningServer;

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  shop = await startShop({
    redis: redis.address,
    gateways: [gateway.address],
    console: { guards: [PasswordGuard], actions: true },
  });
  proxy = await startPrefixProxy(shop.url);
  shop.metrics.counter({ name: 'orders_total', help: 'Orders' }).inc(3);
});
afterAll(async () => {
  await shop.close();
  await Promise.all([proxy.stop(), redis.stop(), gateway.stop()]);
});

it.each(['/ops/metrics-console', '/console/'])(
  'behind HAProxy at %s: page, files, events and actions',
  async (path) => {
    const address = new URL(path, proxy.url);
    const headers = { authorization: SIGNED_IN };
    expect((await fetch(address)).status).toBe(403);
    const html = await (await fetch(address, { headers })).text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => new URL(file as string, address));
    expect(files).toHaveLength(3);
    for (const file of files) {
      const answer = await fetch(file, { headers });
      expect({ file: file.pathname, status: answer.status }).toEqual({ file: file.pathname, status: 200 });
      expect((await answer.text()).length).toBeGreaterThan(100);
    }

    // As the page asks: from where its script is.
    const script = files.find(({ pathname }) => pathname.endsWith('.js'));
    const { data } = await firstEvent(new URL('events', script).href, headers);
    expect(data).toMatchObject({ actions: true, families: [{ name: 'orders_total', total: 3 }] });

    const token = /name="console-token" content="([^"]+)"/.exec(html)?.[1] ?? '';
    const pushed = await fetch(new URL(`actions/push?job=${shop.job}`, script), {
      method: 'POST',
      headers: { ...headers, 'x-console-token': token, origin: proxy.url },
    });
    expect(await pushed.json()).toMatchObject({ isDone: true });
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).toContain(`job="${shop.job}"} 3`);
  },
);
