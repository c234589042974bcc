import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Shop, startShop } from '../integration/console/shop.js';
import { ROOT } from '../support/run-node.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { startChromium } from '../support/start-chromium.js';
import { waitFor } from '../support/wait-for.js';

/** `DOCS_IMAGES=1` puts the pictures of the documentation into docs/images, with charts of a minute. */
const isForDocs = Boolean(process.env['DOCS_IMAGES']);
const POINTS = isForDocs ? 30 : 2;
const COUNTRIES = ['de', 'fr', 'nl'];

let browser: Browser;
let servers: RunningServer[];
let shop: Shop;

beforeAll(async () => {
  const [redis, ...gateways] = await Promise.all([
    startRedis({ args: ['--appendonly', 'yes'] }),
    startPushgateway(),
    startPushgateway(),
  ]);
  const addresses = gateways.map(({ address }) => address);
  const prometheus = await startPrometheus({ config: scrapeConfig(addresses) });
  servers = [redis, ...gateways, prometheus];
  browser = await startChromium();
  shop = await startShop({
    redis: redis.address,
    gateways: addresses,
    prometheus: prometheus.address,
    console: { public: true },
    jobs: ['shop'],
  });
});
afterAll(async () => {
  await browser.close();
  await shop.close();
  await Promise.all(servers.map((server) => server.stop()));
});

/** Customers come and go until it is called: each country at a pace of its own, with waves. */
function openShop(): () => void {
  const { metrics } = shop;
  const orders = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['country'] });
  const depth = metrics.gauge({ name: 'queue_depth', help: 'Orders that wait to be packed' });
  const duration = metrics.histogram({
    name: 'request_duration_seconds',
    help: 'Duration of requests',
    labelNames: ['route'],
  });
  const baskets = metrics.summary({ name: 'basket_euros', help: 'What a basket is worth' });
  let tick = 0;
  depth.set(12);
  const selling = setInterval(() => {
    tick += 1;
    COUNTRIES.forEach((country, at) => {
      const count = Math.round((3 - at) * (2 + Math.sin(tick / (9 + 4 * at) + at)));
      orders.inc({ country }, count);
      for (let order = 0; order < count; order++) {
        duration.observe({ route: '/orders' }, 0.004 * (1 + ((tick * order * order) % 60)));
        baskets.observe(20 + ((tick * 37 + order * 11) % 90));
      }
    });
    depth.set(Math.round(14 + 9 * Math.sin(tick / 17)));
  }, 200);
  const pushing = setInterval(() => void metrics.push(), 2_000);
  return () => {
    clearInterval(selling);
    clearInterval(pushing);
  };
}

it('shows a shop at work with a chart for each metric, in light and dark', async () => {
  const folder = isForDocs ? join(ROOT, 'docs/images') : await mkdtemp(join(tmpdir(), 'console-pictures-'));
  const context = await browser.newContext({
    colorScheme: 'light',
    viewport: { width: 1100, height: 860 },
    deviceScaleFactor: isForDocs ? 2 : 1,
  });
  const page = await context.newPage();
  await page.goto(`${shop.url}/metrics-console#name=orders_total&job=shop`);
  const close = openShop();
  try {
    const pointsOfCharts = `[...document.querySelectorAll('svg.spark polyline')].map((line) => line.getAttribute('points'))`;
    await waitFor(
      async () => {
        const charts = await page.evaluate<string[]>(pointsOfCharts);
        // Four metrics, and the countries of the one that is open.
        return charts.length === 4 + COUNTRIES.length && charts.every((points) => points.split(' ').length >= POINTS);
      },
      { message: 'charts', timeoutMs: 100_000 },
    );
    expect(await page.getByRole('alert').innerText()).toBe('');
    await page.screenshot({ path: join(folder, 'console-light.png'), fullPage: true, animations: 'disabled' });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(folder, 'console-dark.png'), fullPage: true, animations: 'disabled' });
  } finally {
    close();
    await context.close();
  }
}, 120_000);
