import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type RunningServer, startPushgateway, startRedis } from '../../support/servers.js';
import { firstEvent } from '../../support/first-event.js';
import { waitFor } from '../../support/wait-for.js';
import { PasswordGuard, type Shop, type ShopOptions, SIGNED_IN, startShop } from './shop.js';

/** Something else in the application that takes its time at the end. */
@Injectable()
class SlowEnd implements BeforeApplicationShutdown {
  go: () => void = () => undefined;
  readonly #gone = new Promise<void>((resolve) => (this.go = resolve));

  beforeApplicationShutdown(): Promise<void> {
    return this.#gone;
  }
}

let redis: RunningServer;
let gateway: RunningServer;
const shops: Shop[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.end()));
  await Promise.all([redis.stop(), gateway.stop()]);
});

async function shopWith(options: Partial<ShopOptions>): Promise<Shop> {
  const shop = await startShop({ redis: redis.address, gateways: [gateway.address], ...options });
  shops.push(shop);
  return shop;
}

async function tokenOf(page: string, headers: Record<string, string> = {}): Promise<string> {
  const html = await (await fetch(page, { headers })).text();
  return /name="console-token" content="([^"]+)"/.exec(html)?.[1] ?? '';
}

const SAME = { 'sec-fetch-site': 'same-origin' };

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  it.each(['', 'api/v2'])('serves page, files and events under the global prefix "%s"', async (prefix) => {
    const shop = await shopWith({ adapter, prefix });
    shop.metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] }).inc({ type: 'blue' }, 3);
    const root = `${shop.url}/${prefix === '' ? '' : `${prefix}/`}metrics-console`;

    const page = await fetch(root);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store, no-transform',
    });
    // Nothing inline, and nothing absolute: a proxy may have added or taken away a path.
    expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=|(src|href)="(\/|\w+:)/);

    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => new URL(file as string, root));
    expect(files.map(({ pathname }) => pathname.split('/').at(-1))).toEqual(['icon.svg', 'page.css', 'page.js']);
    const types = await Promise.all(files.map(async (file) => (await fetch(file)).headers.get('content-type')));
    expect(types).toEqual([
      'image/svg+xml; charset=utf-8',
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);

    expect((await fetch(`${root}/nothing`)).status).toBe(404);

    const { data } = await firstEvent(`${root}/events?name=orders_total&job=${shop.job}`);
    expect(data).toMatchObject({
      actions: false,
      totals: { families: 1, series: 1 },
      families: [{ name: 'orders_total', total: 3, open: { rows: [{ labels: [['type', 'blue']], value: 3 }] } }],
      groups: [{ job: shop.job, instance: 'test' }],
    });
  });

  it('asks the guards for everything', async () => {
    const shop = await shopWith({ adapter, console: { guards: [PasswordGuard], actions: true } });
    const root = `${shop.url}/metrics-console`;
    const paths = ['', '/page.js', '/page.css', '/icon.svg', '/events'];
    const refused = await Promise.all(paths.map(async (path) => (await fetch(root + path)).status));
    expect(refused).toEqual(paths.map(() => 403));
    const token = await tokenOf(root, { authorization: SIGNED_IN });
    expect(token).not.toBe('');
    const headers = { ...SAME, 'x-console-token': token };
    for (const path of ['/examine', `/actions/push?job=${shop.job}`]) {
      expect((await fetch(root + path, { method: 'POST', headers })).status).toBe(403);
    }
    expect((await firstEvent(`${root}/events`, { authorization: SIGNED_IN })).status).toBe(200);
  });

  it('does nothing unless it may act', async () => {
    const shop = await shopWith({ adapter });
    const root = `${shop.url}/metrics-console`;
    const headers = { ...SAME, 'x-console-token': await tokenOf(root) };
    const answer = await fetch(`${root}/actions/push?job=${shop.job}`, { method: 'POST', headers });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('read-only');
  });

  it('acts for its own page alone', async () => {
    const shop = await shopWith({ adapter, console: { guards: [PasswordGuard], actions: true } });
    const orders = shop.metrics.counter({ name: 'orders_total', help: 'Orders' });
    orders.inc();
    const root = `${shop.url}/metrics-console`;
    const signedIn = { authorization: SIGNED_IN };
    const token = { 'x-console-token': await tokenOf(root, signedIn) };
    const post = async (action: string, headers: Record<string, string>) => {
      const answer = await fetch(`${root}/actions/${action}`, { method: 'POST', headers: { ...signedIn, ...headers } });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    const push = `push?job=${shop.job}`;

    const forged: Record<string, string>[] = [
      SAME,
      { ...SAME, 'x-console-token': `${token['x-console-token'].slice(0, -2)}AA` },
      token,
      { ...token, 'sec-fetch-site': 'cross-site' },
      { ...token, 'sec-fetch-site': 'same-site' },
      { ...token, 'sec-fetch-site': 'none' },
      { ...token, origin: 'http://evil.example' },
      { ...token, origin: 'null' },
    ];
    for (const headers of forged) expect(await post(push, headers)).toMatchObject({ status: 403, isDone: false });
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain(shop.job);

    expect(await post(push, { ...token, ...SAME })).toMatchObject({ status: 200, isDone: true });
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).toContain(`job="${shop.job}"} 1`);
    expect(await post(push, { ...token, origin: shop.url })).toMatchObject({ status: 200, isDone: true });
    expect(await post('push?job=other', { ...token, ...SAME })).toMatchObject({
      isDone: false,
      text: expect.stringContaining('Unknown job "other"'),
    });
    expect(await post('drop', { ...token, ...SAME })).toMatchObject({ status: 404 });

    expect(await post(`clear?job=${shop.job}&metric=orders_total`, { ...token, ...SAME })).toMatchObject({
      isDone: true,
    });
    expect(await shop.metrics.text()).not.toContain('orders_total 1');
    expect(await post(`delete?job=${shop.job}`, { ...token, ...SAME })).toMatchObject({ isDone: true });
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain(shop.job);
  });

  it('gives no data to other sites, and no page into a frame', async () => {
    const shop = await shopWith({ adapter });
    const root = `${shop.url}/metrics-console`;
    expect(await firstEvent(`${root}/events`, { 'sec-fetch-site': 'cross-site' })).toEqual({ status: 403 });
    expect(await firstEvent(`${root}/events`, { origin: 'http://evil.example' })).toEqual({ status: 403 });
    const asked = get(root, { headers: { 'sec-fetch-dest': 'iframe' } });
    const [{ statusCode }] = (await once(asked, 'response')) as [IncomingMessage];
    expect(statusCode).toBe(403);
  });

  it('lets the application end while somebody looks, asks again, and keeps a connection for later', async () => {
    const shop = await startShop({ redis: redis.address, gateways: [gateway.address], adapter, providers: [SlowEnd] });
    const { port, hostname } = new URL(shop.url);
    const events = `${shop.url}/metrics-console/events`;
    const streamEnded = new Promise((resolve) => get(events, (response) => response.resume().once('close', resolve)));
    await firstEvent(events);
    // As browsers do: a connection ahead, on which nothing is asked; one that was used, and is kept.
    const unused = connect(Number(port), hostname);
    await once(unused, 'connect');
    const unusedClosed = once(unused.resume(), 'close');
    const agent = new Agent({ keepAlive: true });
    (shop.app.getHttpServer() as Server).keepAliveTimeout = 60_000;
    const [used] = (await once(get(shop.url, { agent }), 'response')) as [IncomingMessage];
    await once(used.resume(), 'end');

    const begun = performance.now();
    const closed = shop.close();
    await streamEnded;
    // The end takes its time elsewhere, and the page asks again.
    expect(await firstEvent(events)).toEqual({ status: 503 });
    // One on which the first request is on its way: young, however long all before has taken.
    const young = connect(Number(port), hostname).setEncoding('utf8');
    await once(young, 'connect');
    shop.app.get(SlowEnd).go();
    await waitFor(() => !(shop.app.getHttpServer() as Server).listening, { message: 'the server to close' });
    // A while after that.
    await new Promise((resolve) => setTimeout(resolve, 100));
    young.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const [answer] = (await once(young, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 [45]0/);
    await closed;
    await unusedClosed;
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(shop.app.getHttpServer()).toMatchObject({ listening: false });
    agent.destroy();
  });
});

it('finds its files also from an address that ends with a slash', async () => {
  const shop = await shopWith({ adapter: 'express' });
  expect(await (await fetch(`${shop.url}/metrics-console/`)).text()).toContain('src="page.js"');
  expect(await (await fetch(`${shop.url}/metrics-console`)).text()).toContain('src="metrics-console/page.js"');
});

it('takes a page of another replica with the same secret', async () => {
  const console = { public: true, actions: { secret: 'a secret that all replicas have, and nobody else' } };
  const [one, other] = [await shopWith({ console }), await shopWith({ console })];
  const headers = { ...SAME, 'x-console-token': await tokenOf(`${one.url}/metrics-console`) };
  const examined = await fetch(`${other.url}/metrics-console/examine`, { method: 'POST', headers });
  expect(examined.status).toBe(200);
});
