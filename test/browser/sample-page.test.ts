import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PrometheusClient } from 'nestjs-prometheus-pushgateway';
import type { Browser, Page } from 'playwright-core';
import type { BoardState } from '../../sample-app/page/board-state.js';
import { ROOT, runNode, type RunningNode } from '../support/run-node.js';
import { startChromium } from '../support/start-chromium.js';
import { waitFor } from '../support/wait-for.js';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const IMAGES = join(ROOT, 'docs/images');
/** `DOCS_IMAGES=1` puts the pictures of the documentation there. */
const isForDocs = Boolean(process.env['DOCS_IMAGES']);

const running: RunningNode[] = [];
let browser: Browser;
let pictures: string;

beforeAll(async () => {
  browser = await startChromium();
  pictures = await mkdtemp(join(tmpdir(), 'shop-pictures-'));
});
afterAll(async () => {
  await browser.close();
  for (const each of running) each.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ done }) => done));
});

function start(main: string, args: string[], environment: Record<string, string> = {}): RunningNode {
  const run = runNode(main, args, { NO_COLOR: '1', ...environment });
  running.push(run);
  return run;
}

/** A page that fails the test with whatever the browser complains of, such as a breach of the content security policy. */
async function open(
  url: string,
  colorScheme: 'light' | 'dark',
  width = 1440,
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: false });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', ({ message }) => faults.push(message));
  await page.goto(url);
  return { page, faults };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds, one text each. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<{ violations: Violation[] }>(`${AXE}; axe.run()`);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/** As another website, or a program, would ask. */
function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    sent.once('error', reject).end(body);
  });
}

async function firstState(url: string): Promise<BoardState> {
  const response = await fetch(`${url}page/events`);
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    const data = /^data: (.*)\n\n/m.exec(text)?.[1];
    if (data !== undefined) return JSON.parse(data) as BoardState;
  }
  throw new Error('no event came');
}

const verdict = (page: Page, is: string): Promise<void> =>
  page.locator(`#verdict[data-verdict="${is}"]`).waitFor({ timeout: 20_000 });

describe('the page of the shop, in the demo of a cluster', () => {
  let demo: RunningNode;
  let url: string;
  let page: Page;
  let faults: string[];
  let prometheus: PrometheusClient[];

  beforeAll(async () => {
    demo = start('demo/main.js', ['--cluster']);
    url = await waitFor(() => /Shop +(\S+)/.exec(demo.stdout())?.[1], { message: 'the shop', timeoutMs: 40_000 });
    await waitFor(() => demo.stdout().includes('The shop is a process of its own'));
    prometheus = [...demo.stdout().matchAll(/Prometheus +(http:\/\/[\d.:]+)/g)].map(
      ([, host]) => new PrometheusClient({ host: host as string }),
    );
    // A picture needs numbers that say something.
    const isBusy = async (): Promise<boolean> => ((await firstState(url)).rows[0]?.here ?? 0) >= (isForDocs ? 60 : 3);
    await waitFor(isBusy, { message: 'customers', timeoutMs: 40_000 });
    ({ page, faults } = await open(url, 'light'));
    await page.getByRole('button', { name: 'Send the other customers home' }).click();
  });

  const orders = (client: PrometheusClient): Promise<number | undefined> =>
    client.query('sum(orders_total{type="music",country="pl"})').then(([sample]) => sample?.value);

  it('raises the number in all three Prometheus with a click, and says that all agree', async () => {
    await verdict(page, 'right');
    const before = await Promise.all(prometheus.map(orders));
    expect(before).toHaveLength(3);
    await page.getByLabel('From').selectOption('pl');
    await page.getByRole('button', { name: 'Buy music' }).click();
    const after = before.map((value = 0) => value + 1);
    await waitFor(async () => isDeepStrictEqual(await Promise.all(prometheus.map(orders)), after));
    await verdict(page, 'right');
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, 'light.png'), fullPage: true });
  });

  it('shows a gateway that is killed, the values on another one, and how it heals', async () => {
    const { places } = await firstState(url);
    const holder = places.find(({ kind, isEmpty }) => kind === 'gateway' && !isEmpty);
    const name = holder?.name ?? '';
    await page.getByRole('button', { name: `Kill ${name}` }).click();
    await page.getByRole('button', { name: `Revive ${name}` }).waitFor();
    await page.getByRole('button', { name: 'Buy a book' }).click();
    await page.getByText(`All that answer agree. ${name} is killed.`).waitFor({ timeout: 20_000 });
    expect(await page.getByRole('button', { name: `Kill ${name}` }).isVisible()).toBe(false);
    await page.screenshot({ path: join(pictures, 'killed.png'), fullPage: true });
    await page.getByRole('button', { name: `Revive ${name}` }).click();
    await verdict(page, 'right');
  });

  it('shows a gateway that is frozen, the values on another one, and how it thaws', async () => {
    const { places } = await firstState(url);
    const name = places.find(({ kind, isEmpty }) => kind === 'gateway' && !isEmpty)?.name ?? '';
    const head = page.locator('#board thead th', { hasText: name });
    const before = await Promise.all(prometheus.map(orders));
    await page.getByRole('button', { name: `Freeze ${name}` }).click();
    await page.getByRole('button', { name: `Revive ${name}` }).waitFor();
    await page.getByRole('button', { name: 'Buy music' }).click();
    // It does not answer, and does not hold up the numbers of those that do.
    expect(await head.innerText()).toMatch(/frozen/);
    expect(await page.getByRole('button', { name: `Freeze ${name}` }).isVisible()).toBe(false);
    const after = before.map((value = 0) => value + 1);
    await waitFor(async () => isDeepStrictEqual(await Promise.all(prometheus.map(orders)), after));
    await page.getByText(`All that answer agree. ${name} is frozen.`).waitFor({ timeout: 20_000 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(isForDocs ? IMAGES : pictures, `shop-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    }
    await page.getByRole('button', { name: `Revive ${name}` }).click();
    await verdict(page, 'right');
    await waitFor(async () => (await head.innerText()).includes('has no group now'));
    expect(await Promise.all(prometheus.map(orders))).toEqual(after);
  });

  it('waits while auto-push is stopped, and agrees after a push by hand', async () => {
    await page.getByRole('button', { name: 'Stop auto-push' }).click();
    await page.getByText('Auto-push is stopped. Nothing').waitFor();
    await page.getByRole('button', { name: 'Refund' }).click();
    await verdict(page, 'due');
    await page.getByRole('button', { name: 'Push now' }).click();
    await verdict(page, 'right');
    expect(await page.locator('#log').textContent()).toMatch(/shop: \d+ series to 127\.0\.0\.1:\d+ in \d+ ms/);
  });

  it('is readable in the dark and on a phone', async () => {
    for (const [name, scheme, width] of [
      ['dark', 'dark', 1440],
      ['narrow', 'light', 390],
    ] as const) {
      const other = await open(url, scheme, width);
      await verdict(other.page, 'right');
      expect({ name, found: await violations(other.page) }).toEqual({ name, found: [] });
      const overflow = await other.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ name, overflow }).toEqual({ name, overflow: 0 });
      await other.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
      expect(other.faults).toEqual([]);
      await other.page.context().close();
    }
  }, 120_000);

  it('refuses other names, other websites, and whoever has not read the token', async () => {
    const { token, places } = await firstState(url);
    const { host } = new URL(url);
    const kill = JSON.stringify({ act: 'kill', gateway: places.find(({ kind }) => kind === 'gateway')?.url });
    const post = (headers: Record<string, string>) => ask(`${url}page/stage`, { method: 'POST', headers, body: kill });
    const refused = await Promise.all([
      ask(url, { headers: { host: 'evil.example' } }),
      ask(`${url}page/events`, { headers: { host: `shop.evil.example:${new URL(url).port}` } }),
      post({}),
      post({ 'x-shop-token': 'guessed' }),
      post({ 'x-shop-token': token, origin: 'http://evil.example' }),
      post({ 'x-shop-token': token, origin: 'null' }),
      post({ 'x-shop-token': token, host: 'evil.example' }),
      ask(`${url}page/push`, { method: 'POST' }),
      ask(`${url}page/auto-push`, { method: 'POST', body: '{"on":false}' }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    const wrong = { method: 'POST', headers: { 'x-shop-token': token, host }, body: '{"act":"burn"}' };
    expect(await ask(`${url}page/stage`, wrong)).toMatchObject({ status: 400 });
    const { headers } = await ask(url);
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
    );
  });

  it('ends with what visitors did in every column, and the browser had nothing to complain of', async () => {
    demo.kill('SIGINT');
    const { code, stdout, stderr } = await demo.done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('All 9 rows agree in all 5 columns.');
    expect(stdout).toMatch(/From the page: gateway \d is killed \(kill -9\)/);
    expect(stdout).toMatch(/From the page: gateway \d is frozen/);
    expect(stdout).toContain(
      'False counter resets of orders_total: Prometheus 1: 0, Prometheus 2: 0, Prometheus 3: 0.',
    );
    // The stream ends with the shop.
    expect(faults.filter((fault) => !/ERR_|EventSource/.test(fault))).toEqual([]);
  });
});

describe('the page of the shop, without a demo', () => {
  it('says in plain words what does not answer, kills nothing, and counts all the same', async () => {
    const shop = start('sample-app/main.js', [], {
      HOST: '127.0.0.1',
      PORT: '0',
      PUSHGATEWAY_REDIS: '127.0.0.1:1',
      PUSHGATEWAY_HOST: 'http://user:hush@127.0.0.1:2',
      PROMETHEUS_HOST: '127.0.0.1:3',
      PUSHGATEWAY_AUTO_PUSH: 'off',
    });
    const url = `${await waitFor(() => /Listening on (\S+)/.exec(shop.stdout())?.[1])}/`;
    const { page, faults } = await open(url, 'light');
    await page.getByRole('button', { name: 'Buy a game' }).click();
    const said = await waitFor(async () => {
      const text = (await page.locator('main').textContent()) ?? '';
      const expected = [
        /Nobody listens at 127\.0\.0\.1:2/,
        /Nobody listens at 127\.0\.0\.1:3/,
        /Redis: .*127\.0\.0\.1:1/,
      ];
      return expected.every((each) => each.test(text)) && text;
    });
    expect(said).not.toContain('hush');
    await page.screenshot({ path: join(pictures, 'away.png'), fullPage: true });
    expect(await page.getByRole('button', { name: /Kill/ }).count()).toBe(0);
    const { token, rows } = await firstState(url);
    expect(rows.find(({ title }) => title.includes('game'))).toMatchObject({ here: 1 });
    const headers = { 'x-shop-token': token };
    expect(
      await ask(`${url}page/stage`, { method: 'POST', headers, body: '{"act":"kill","gateway":"x"}' }),
    ).toMatchObject({
      status: 409,
    });
    expect(faults).toEqual([]);
    // An open page must not keep the shop from ending.
    const begun = Date.now();
    shop.kill('SIGTERM');
    expect((await shop.done).signal).toBe('SIGTERM');
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});
