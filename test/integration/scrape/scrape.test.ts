import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type CanActivate, Controller, type ExecutionContext, Get, Inject, Injectable, Req, Res } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { PushgatewayClient } from 'nestjs-prometheus-pushgateway';
import { ScrapeService } from 'nestjs-prometheus-pushgateway/scrape';
import { PrometheusPushgatewayPromClientModule } from 'nestjs-prometheus-pushgateway/prom-client';
import { STORE, type Store } from '../../../lib/store/index.js';
import { decodeFamilies } from '../../support/protobuf/decode.js';
import { type RunningServer, startPushgateway, startRedis } from '../../support/servers.js';
import { type ScrapedApp, type ScrapedAppOptions, startScraped } from './scraped-app.js';

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

@Injectable()
class PasswordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.switchToHttp().getRequest<Request & { headers: Record<string, string> }>().headers['x-password'] === 'yes'
    );
  }
}

@Controller('internal')
class OwnController {
  constructor(@Inject(ScrapeService) private readonly scrape: ScrapeService) {}

  @Get('all-metrics')
  metrics(@Req() request: never, @Res() response: never): Promise<void> {
    return this.scrape.answer(request, response);
  }
}

let redis: RunningServer;
let gateway: RunningServer;
const apps: ScrapedApp[] = [];

beforeAll(async () => {
  [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map(({ app }) => app.close()));
});
afterAll(() => Promise.all([redis.stop(), gateway.stop()]));

async function start(options: Partial<ScrapedAppOptions> = {}): Promise<ScrapedApp & { job: string }> {
  const jobs = options.jobs ?? [`job-${randomUUID()}`];
  const app = await startScraped({ redis: redis.address, gateway: gateway.address, ...options, jobs });
  apps.push(app);
  return { ...app, job: jobs[0] as string };
}

async function text(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  return response.text();
}

describe.each(['express', 'fastify'] as const)('/metrics on %s', (adapter) => {
  it('shows all that is counted, with the labels of the group, in each format', async () => {
    const { metrics, url, job } = await start({ adapter });
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders "new"', labelNames: ['type'] });
    orders.inc({ type: 'a"b' }, 2, { exemplar: { trace_id: 't1' } });
    metrics.gauge({ name: 'depth', help: 'Depth' }).set(-1.5);
    metrics.histogram({ name: 'seconds', help: 'S', buckets: [1] }).observe(0.5, { exemplar: { trace_id: 't2' } });
    metrics.summary({ name: 'items', help: 'I', quantiles: [0.5] }).observe(4);
    const group = `instance="shop",job="${job}"`;

    const plain = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': 'identity' } });
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept, accept-encoding',
    });
    const shown = await plain.text();
    expect(shown.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE orders_total counter',
        `orders_total{${group},type="a\\"b"} 2`,
        `depth{${group}} -1.5`,
        `seconds_bucket{${group},le="1"} 1`,
        `items_count{${group}} 1`,
      ]),
    );
    expect(execFileSync('promtool', ['check', 'metrics'], { input: shown, encoding: 'utf8' })).toBe('');

    const open = await fetch(`${url}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,*/*;q=0.1' },
    });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.headers.get('content-encoding')).toBe('gzip');
    const lines = (await open.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# HELP orders Orders \\"new\\"',
        '# TYPE orders counter',
        expect.stringMatching(/^orders_total\{.*,type="a\\"b"\} 2 # \{trace_id="t1"\} 2 \d+\.\d{3}$/),
        expect.stringMatching(/^seconds_bucket\{.*,le="1"\} 1 # \{trace_id="t2"\} 0\.5 \d+\.\d{3}$/),
      ]),
    );
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    expect(lines.join()).not.toContain('_created');

    const binary = await fetch(`${url}/metrics`, { headers: { accept: PROTOBUF } });
    expect(binary.headers.get('content-type')).toMatch(/^application\/vnd\.google\.protobuf/);
    const families = decodeFamilies(Buffer.from(await binary.arrayBuffer()));
    expect(JSON.stringify(families)).toContain(job);
  });

  it('shows the families that are asked for', async () => {
    const { metrics, url } = await start({ adapter });
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    metrics.counter({ name: 'b_total', help: 'B' }).inc();
    metrics.histogram({ name: 'c', help: 'C', buckets: [1] }).observe(1);
    const shown = await text(`${url}/metrics?name[]=a_total&name[]=c_bucket`);
    expect([...shown.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(['a_total', 'c']);
  });

  it('asks the guards, and leaves the answer to a controller of its own', async () => {
    const guarded = await start({ adapter, scrape: { path: 'internal/scrape', guards: [PasswordGuard] } });
    expect((await fetch(`${guarded.url}/internal/scrape`)).status).toBe(403);
    expect((await fetch(`${guarded.url}/internal/scrape`, { headers: { 'x-password': 'yes' } })).status).toBe(200);
    const own = await start({ adapter, scrape: { controller: OwnController } });
    own.metrics.counter({ name: 'a_total', help: 'A' }).inc();
    expect((await fetch(`${own.url}/metrics`)).status).toBe(404);
    expect(await text(`${own.url}/internal/all-metrics`)).toContain('a_total{');
  });

  it('has every family in one block, whichever jobs have it', async () => {
    const jobs = [`one-${randomUUID()}`, `two-${randomUUID()}`];
    const { metrics, url } = await start({ adapter, jobs });
    metrics.counter({ name: 'both_total', help: 'Both', jobs }).inc();
    metrics.counter({ name: 'first_total', help: 'First' }).inc();
    metrics.counter({ name: 'second_total', help: 'Second', jobs: [jobs[1] as string] }).inc();
    const shown = await text(`${url}/metrics`);
    expect(shown.match(/^# TYPE both_total/gm)).toHaveLength(1);
    expect(shown.match(/^both_total\{/gm)).toHaveLength(2);
    expect(shown).toContain(`second_total{instance="shop",job="${jobs[1] as string}"} 1\n`);
    expect(execFileSync('promtool', ['check', 'metrics'], { input: shown, encoding: 'utf8' })).toBe('');
  });
});

describe('the start of a series', () => {
  it('stays what it was, whoever is scraped, as text where that is asked for, as protobuf always', async () => {
    const { metrics, url, job } = await start({ scrape: { created: true } });
    const other = await start({ jobs: [job], scrape: { created: true } });
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    metrics.histogram({ name: 'c', help: 'C', buckets: [1] }).observe(1);
    const accept = 'application/openmetrics-text';
    const first = await text(`${url}/metrics`, { accept });
    const starts = [...first.matchAll(/^(\w+)_created\{[^}]*\} (\d+\.\d+)$/gm)];
    expect(starts.map(([, name]) => name)).toEqual(['a', 'c']);
    expect(Math.abs(Number(starts[0]?.[2]) - Date.now() / 1_000)).toBeLessThan(30);
    expect(await text(`${other.url}/metrics`, { accept })).toBe(first);
    const binary = await fetch(`${other.url}/metrics`, { headers: { accept: PROTOBUF } });
    const families = decodeFamilies(Buffer.from(await binary.arrayBuffer()));
    expect(JSON.stringify(families)).toMatch(/created|start/i);
  });
});

describe('scrape and push of one group', () => {
  it('are refused at the start where the application pushes by itself', async () => {
    await expect(start({ autoPush: { everyMs: 60_000 } })).rejects.toThrow(
      'PrometheusPushgatewayScrapeModule: this application pushes what is scraped too (autoPush)',
    );
  });

  it('are refused while a gateway has the group, whoever pushed it', async () => {
    const { metrics, url, job } = await start();
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
    const refused = await fetch(`${url}/metrics`);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain(`Job "${job}" is on http://${gateway.address} too`);
    // The turn was given back.
    expect(await metrics.push()).toMatchObject({ outcome: 'pushed' });
    await metrics.delete();
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('let the gateway be taken away once the group was deleted there', async () => {
    const former = await startPushgateway();
    const { metrics, url, job } = await start({ gateway: former.address });
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    await metrics.push();
    await metrics.delete();
    await former.stop();
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    const other = await start({ gateway: former.address, jobs: [job] });
    expect(await text(`${other.url}/metrics`)).toContain('a_total{');
    // It may have the group again, whatever became of the push.
    expect(await metrics.push()).toMatchObject({ outcome: 'failed' });
    expect((await fetch(`${url}/metrics`)).status).toBe(409);
  });

  it('are told apart by a label', async () => {
    const { metrics, url } = await start({ scrape: { labels: { way: 'scrape' } } });
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    await metrics.push();
    expect(await text(`${url}/metrics`)).toMatch(/^a_total\{.*way="scrape"\} 1$/m);
    const pushed = await new PushgatewayClient({ host: gateway.address }).contents();
    expect(pushed).toBeDefined();
    metrics.counter({ name: 'b_total', help: 'B', labelNames: ['way'] }).inc({ way: 'x' });
    const refused = await fetch(`${url}/metrics`);
    expect({ status: refused.status, text: await refused.text() }).toMatchObject({
      status: 500,
      text: expect.stringContaining('labels.way: expected a name that no metric has as a label, and "b_total" has it'),
    });
  });
});

describe('a scrape', () => {
  it('is no part of the API that Swagger shows', async () => {
    const { app } = await start();
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(paths).toEqual({});
  });

  it('says that Redis is away', async () => {
    const own = await startRedis();
    const app = await startScraped({ redis: own.address, jobs: ['shop'] });
    await own.stop();
    const response = await fetch(`${app.url}/metrics`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain(own.address);
    await app.app.close();
  });

  it('has what is collected before it', async () => {
    const { metrics, url } = await start();
    let size = 1;
    metrics.gauge({
      name: 'queue_size',
      help: 'Q',
      collect: (gauge: { set(value: number): void }) => {
        gauge.set(size++);
      },
    });
    metrics.gauge({
      name: 'own_size',
      help: 'Q',
      collectBy: 'each',
      collect: (gauge: { set(value: number): void }) => {
        gauge.set(7);
      },
    });
    expect(await text(`${url}/metrics`)).toMatch(/^queue_size\{.*\} 1$/m);
    const second = await text(`${url}/metrics`);
    expect(second).toMatch(/^queue_size\{.*\} 2$/m);
    expect(second).toMatch(/^own_size\{.*\} 7$/m);
  });

  it('does not show registries of prom-client, and the log says so', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const registries = [{ getMetricsAsJSON: () => [] }];
    await start({ imports: [PrometheusPushgatewayPromClientModule.forRoot({ registries })] });
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringContaining('Not scraped: a registry of prom-client.'));
    warn.mockRestore();
  });

  it('is refused if another process has taken over meanwhile', async () => {
    const { app, metrics, url } = await start();
    metrics.counter({ name: 'a_total', help: 'A' }).inc();
    const kept = jest.spyOn(app.get<Store>(STORE).turns, 'keep').mockResolvedValueOnce(false);
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    expect(kept).toHaveBeenCalledTimes(1);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('is answered while ten clients do not read theirs, which are left in the end', async () => {
    const late = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    const { metrics, url } = await start({ redis: 'memory' });
    const buckets = Array.from({ length: 15 }, (_, at) => at);
    const wide = metrics.histogram({ name: 'wide', help: 'W', labelNames: ['x'], buckets });
    // More than the buffers of a connection take.
    for (let at = 0; at < 800; at += 1) wide.observe({ x: `${at}${'x'.repeat(350)}` }, 1);
    const size = (await text(`${url}/metrics`)).length;
    const clients: Socket[] = [];
    for (let at = 0; at < 10; at += 1) {
      const client = connect(Number(new URL(url).port), '127.0.0.1').pause();
      clients.push(client);
      client.on('error', () => undefined).write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n');
      await once(client, 'readable');
    }
    expect((await fetch(`${url}/metrics?name[]=none`)).status).toBe(200);
    expect(timeout).toHaveBeenCalledWith(10_000);
    const ended = clients.map((client) => once(client.resume(), 'close'));
    late.abort();
    await Promise.all(ended);
    expect(Math.max(...clients.map(({ bytesRead }) => bytesRead))).toBeLessThan(size);
    timeout.mockRestore();
  });

  it('shows names in UTF-8 to who takes them', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { metrics, url, job } = await start({ utf8Names: true });
    metrics.gauge({ name: 'a.b', help: 'A', labelNames: ['x.y'] }).set({ 'x.y': '1' }, 2);
    metrics.gauge({ name: 'classic', help: 'C' }).set(3);
    const line = `{"a.b",instance="shop",job="${job}","x.y"="1"} 2\n`;
    expect(await text(`${url}/metrics`)).toContain(line);
    const declared = await fetch(`${url}/metrics`, {
      headers: { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8' },
    });
    expect(declared.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8');
    expect(await declared.text()).toContain(line);
    const older = await text(`${url}/metrics`, { accept: 'text/plain;version=0.0.4' });
    expect(older).toContain('classic{');
    expect(older).not.toContain('a.b');
    expect(warn.mock.calls.flat()).toContainEqual(
      expect.stringContaining('takes no names in UTF-8, as Prometheus 3 does: "a.b"'),
    );
    warn.mockRestore();
  });

  it('brings back what Redis has lost, as a push does, and shows nothing lower before', async () => {
    const { metrics, url } = await start();
    metrics.counter({ name: 'kept_total', help: 'Kept', prefetch: true }).inc(3);
    metrics.counter({ name: 'other_total', help: 'Other' }).inc();
    // Nobody answers for Prometheus.
    const shown = await text(`${url}/metrics`);
    expect(shown).toContain('other_total{');
    expect(shown).not.toContain('kept_total');
  });
});
