import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../support/run-node.js';
import { type RunningServer, startPrometheus, startPushgateway, startRedis } from '../support/servers.js';
import { scrapeConfig } from '../support/stack.js';
import { startChromium } from '../support/start-chromium.js';
import { waitFor } from '../support/wait-for.js';
import { PasswordGuard, type Shop, SIGNED_IN, startShop } from '../integration/console/shop.js';

/** What hostile callers put into labels. */
const HOSTILE = [
  '<img src=x onerror="window.hacked = true">',
  '"><script>window.hacked = true</script>',
  'it\'s "quoted" \\ and\nbroken',
  'escape \u001b[31m red, right-to-left \u202e txt.exe',
  'x'.repeat(900),
];

let browser: Browser;
let folder: string;
let redis: RunningServer;
let gateways: RunningServer[];
let prometheus: RunningServer;
let shop: Shop;
let axe: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  axe = await readFile(createRequire(join(ROOT, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
  [browser, redis, gateways] = await Promise.all([
    startChromium(),
    startRedis(),
    Promise.all([startPushgateway(), startPushgateway()]),
  ]);
  prometheus = await startPrometheus({ config: scrapeConfig(gateways.map(({ address }) => address)) });
  shop = await startShop({
    redis: redis.address,
    gateways: gateways.map(({ address }) => address),
    prometheus: prometheus.address,
    console: { path: '/metrics-console', guards: [PasswordGuard], actions: true },
    jobs: ['shop'],
  });
});
afterAll(async () => {
  await browser.close();
  await shop.end();
  await Promise.all([redis, prometheus, ...gateways].map((server) => server.stop()));
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

interface Looks {
  colorScheme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** After `#`. */
  at?: string;
}

async function open(url = `${shop.url}/metrics-console`, looks: Looks = {}): Promise<Page> {
  const { colorScheme = 'light', width = 1280, height = 860, at = '' } = looks;
  const extraHTTPHeaders = { authorization: SIGNED_IN };
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, extraHTTPHeaders });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(at === '' ? url : `${url}#${at}`);
  return page;
}

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
  const { violations } = await page.evaluate(() =>
    (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `console-${name}.png`) });
}

/** Whether something is wider than the window. */
function overflows(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Tables of which a part can only be seen by moving them. */
function cut(page: Page): Promise<number> {
  return page.evaluate<number>(
    `[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length`,
  );
}

it('says that nothing is counted yet', async () => {
  const page = await open();
  await page.getByText('Nothing is counted yet').waitFor();
  await picture(page, 'no-data');
  expect(await axeFindings(page)).toEqual([]);
});

describe('a shop at work', () => {
  beforeAll(async () => {
    const { metrics } = shop;
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders placed', labelNames: ['type', 'country'] });
    const depth = metrics.gauge({ name: 'queue_depth', help: 'Orders that wait to be packed' });
    const seconds = metrics.histogram({
      name: 'request_duration_seconds',
      help: 'Duration of requests',
      labelNames: ['route'],
    });
    const size = metrics.summary({ name: 'order_size_euros', help: 'What an order is worth' });
    const typed = metrics.counter({ name: 'searches_total', help: 'What customers typed', labelNames: ['words'] });
    for (const words of HOSTILE) typed.inc({ words });
    for (let i = 0; i < 400; i++) {
      orders.inc({ type: ['blue', 'red', 'green'][i % 3] as string, country: ['nl', 'de'][i % 2] as string });
      seconds.observe({ route: '/orders' }, 0.004 * (1 + ((i * i) % 60)));
      size.observe(20 + ((i * 37) % 90));
    }
    depth.set(12);
    await shop.metrics.push();
  });

  it('shows a value that rises, and its chart', async () => {
    const page = await open();
    const orders = page.getByRole('button', { name: /orders_total/ });
    await orders.click();
    const blue = page.locator('.one', { hasText: 'blue' }).first();
    await blue.waitFor();
    const before = Number(await blue.locator('.value').innerText());
    const counter = shop.metrics.counter({
      name: 'orders_total',
      help: 'Orders placed',
      labelNames: ['type', 'country'],
    });
    counter.inc({ type: 'blue', country: 'de' }, 5);
    await waitFor(async () => Number(await blue.locator('.value').innerText()) === before + 5, {
      message: 'the new value',
    });
    await waitFor(
      async () => {
        counter.inc({ type: 'blue', country: 'de' });
        return ((await blue.locator('polyline').getAttribute('points')) ?? '').split(' ').length >= 2;
      },
      { message: 'a chart' },
    );
    await picture(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'dark');
  });

  it('draws histograms and summaries', async () => {
    const page = await open(undefined, { at: 'name=request_duration_seconds&job=shop' });
    await page.locator('.buckets.large').waitFor();
    expect(await page.locator('.buckets.large').innerText()).toMatch(/≤ \+Inf/);
    await picture(page, 'histogram');
    await page.getByRole('button', { name: /order_size_euros/ }).click();
    await page.locator('.quantiles').waitFor();
    expect(await page.locator('.quantiles').innerText()).toMatch(/p50\s+6\d/);
  });

  it('shows hostile label values as the text they are', async () => {
    const page = await open(undefined, { at: 'name=searches_total&job=shop' });
    await page
      .locator('.one')
      .nth(HOSTILE.length - 1)
      .waitFor();
    const shown = (await page.locator('.one bdi').allInnerTexts()).join('\n');
    expect(shown).toContain(HOSTILE[0]);
    expect(shown).toContain(HOSTILE[1]);
    expect(shown).toContain('it\'s "quoted" \\ and\\u000abroken');
    expect(shown).toContain('\\u001b[31m red, right-to-left \\u202e txt.exe');
    expect(shown).toContain('x… (900 characters)');
    expect(await page.locator('.one img, .one script').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    expect(await overflows(page)).toBe(false);
    await picture(page, 'hostile');
  });

  it('finds by name and by label', async () => {
    const page = await open();
    const search = page.getByRole('searchbox');
    await search.fill('orders type=bl country="nl"');
    await page.getByText(/^1 series in 1 metric found/).waitFor();
    await search.fill('nowhere');
    await page.getByText('Nothing matches').waitFor();
    expect(new URL(page.url()).hash).toBe('#search=nowhere');
  });

  it('is used with the keyboard alone', async () => {
    const page = await open();
    await page.getByRole('tab', { name: /Metrics/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Last pushes of this process' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-groups');
    await page.getByRole('button', { name: 'Push now…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Push shop now?' }).waitFor();
    await picture(page, 'dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Push now…');
  });

  it('pushes when it is asked and confirmed', async () => {
    const page = await open(undefined, { at: 'tab=groups' });
    await page.getByRole('button', { name: 'Push now…' }).click();
    await page.getByRole('button', { name: 'Push now', exact: true }).click();
    await page.getByText(/Push now: pushed \d+ series/).waitFor();
    expect(await page.locator('tbody .badge.ok').count()).toBeGreaterThan(0);
    await page.locator('tbody tr').nth(1).waitFor();
    await picture(page, 'groups');
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds, and fits a narrow screen, in %s',
    async (colorScheme) => {
      const page = await open(undefined, { colorScheme, at: 'name=orders_total&job=shop' });
      await page.locator('.one').first().waitFor();
      for (const tab of ['Metrics', 'Groups', 'Servers', 'Doctor']) {
        await page.getByRole('tab', { name: tab }).click();
        if (tab === 'Doctor') await page.locator('.findings li').first().waitFor();
        for (const width of [1280, 380]) {
          await page.setViewportSize({ width, height: 860 });
          expect(await axeFindings(page)).toEqual([]);
          expect(await overflows(page)).toBe(false);
          expect(await cut(page)).toBe(0);
          await picture(page, `${tab.toLowerCase()}-${colorScheme}-${width}`);
        }
      }
    },
    // axe takes its time, sixteen times.
    120_000,
  );

  it('shows a gateway that is killed, and that it is back', async () => {
    const [gateway] = gateways as [RunningServer];
    const page = await open(undefined, { at: 'tab=servers' });
    const card = page.locator(`[data-server="${gateway.url}"]`);
    await card.locator('.badge.ok').waitFor();
    await gateway.stop();
    await card.locator('.badge.error').waitFor();
    await page.getByRole('tab', { name: /2 of 3/ }).waitFor();
    await picture(page, 'gateway-killed');
    gateways[0] = await startPushgateway({ port: gateway.port });
    await card.locator('.badge.ok').waitFor();
    await page.getByRole('tab', { name: /3 of 3/ }).waitFor();
    expect(await page.locator('.badge.error').count()).toBe(0);
  });

  it('stays out of frames, and refuses forged requests of other pages', async () => {
    const evil = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<iframe src="${shop.url}/metrics-console"></iframe>`);
    });
    await once(evil.listen(0, '127.0.0.1'), 'listening');
    try {
      const page = await open(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
      expect(await page.frames()[1]?.locator('#console').count()).toBe(0);
      const pushes = await gatewayPushes();
      const outcome = await page.evaluate(
        (url) =>
          fetch(`${url}/actions/push?job=shop`, { method: 'POST', credentials: 'include', mode: 'no-cors' }).then(
            () => 'answered',
            () => 'refused',
          ),
        `${shop.url}/metrics-console`,
      );
      expect(outcome).toBe('refused');
      expect(await gatewayPushes()).toEqual(pushes);
    } finally {
      evil.close();
      evil.closeAllConnections();
    }
  });

  it('shows nothing to those who are not signed in', async () => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    const answer = await page.goto(`${shop.url}/metrics-console`);
    expect(answer?.status()).toBe(403);
    expect(await page.locator('#console').count()).toBe(0);
  });

  async function gatewayPushes(): Promise<string[]> {
    const pages = await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    return pages.flatMap((text) => text.match(/^push_time_seconds\{.*$/gm) ?? []);
  }
});

it('stays quick with 10,000 series', async () => {
  const many = await startShop({ redis: redis.address, gateways: [(gateways[1] as RunningServer).address] });
  try {
    const visits = many.metrics.counter({ name: 'visits_total', help: 'Visits', labelNames: ['customer'] });
    for (let customer = 0; customer < 10_000; customer++) visits.inc({ customer: String(customer) }, customer);
    await many.metrics.flush();
    const page = await open(`${many.url}/metrics-console`, { at: `name=visits_total&job=${many.job}` });
    await page.getByText('Page 1 of 200').waitFor();
    await page.getByRole('button', { name: 'Highest first' }).click();
    await page.locator('.one', { hasText: '9999' }).waitFor();
    const begun = Date.now();
    await page.getByRole('searchbox').fill('customer="1234"');
    await page.getByText(/^1 series in 1 metric found, of 10,000/).waitFor();
    expect(Date.now() - begun).toBeLessThan(4_000);
    expect(await page.locator('.one').count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.getByText('Page 1 of 200').waitFor();
    await picture(page, 'many');
  } finally {
    await many.close();
  }
});

it('says that Redis is away, goes on with what was read, and goes on when it is back', async () => {
  const own = await startRedis();
  const away = await startShop({ redis: own.address, gateways: [(gateways[1] as RunningServer).address] });
  try {
    const orders = away.metrics.counter({ name: 'orders_total', help: 'Orders' });
    orders.inc(7);
    const page = await open(`${away.url}/metrics-console`);
    await page.getByRole('button', { name: /orders_total.*7/ }).waitFor();
    await own.stop();
    await page.getByText('Redis does not answer.').waitFor();
    await picture(page, 'redis-away');
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.getByRole('button', { name: /orders_total.*7/ }).count()).toBe(1);
    orders.inc();
    const back = await startRedis({ port: own.port });
    await page.getByText('Redis does not answer.').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /orders_total/ }).waitFor();
    await back.stop();
  } finally {
    await away.close();
  }
});
