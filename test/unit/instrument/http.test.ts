import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import {
  Body,
  type CanActivate,
  Catch,
  type ArgumentsHost,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  Res,
  Sse,
  StreamableFile,
  UseFilters,
  UseGuards,
  Version,
  VersioningType,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type HttpInstrumentOptions, MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { NEVER, of } from 'rxjs';
import { Readable } from 'node:stream';
import { PackageLogger } from '../../../lib/log/package-logger.js';
import { countsOf, series } from './support.js';

@Injectable()
class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Teapot extends Error {}

@Catch(Teapot)
class TeapotFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_: Teapot, host: ArgumentsHost): void {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), 'short and stout', 418);
  }
}

/** Resolves when a request has come to the handler that never answers. */
let hanging: Promise<void>;
let hangs: () => void;

@Controller('orders')
class OrdersController {
  @Get(':id')
  @Version('2')
  find(): string {
    return 'found';
  }

  @Post()
  place(@Body() body: unknown): unknown {
    return body;
  }

  @Get(':id/fails')
  fail(): never {
    throw new Error('broken');
  }

  @Get(':id/teapot')
  @UseFilters(TeapotFilter)
  teapot(): never {
    throw new Teapot();
  }

  @Get(':id/refused')
  @UseGuards(Refusing)
  refused(): string {
    return 'never';
  }

  @Get(':id/stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('abc'), Buffer.from('def')]));
  }

  @Sse(':id/events')
  events(): unknown {
    return of({ data: 'one' });
  }

  @Sse(':id/endless')
  endless(): unknown {
    return NEVER;
  }

  @Get(':id/hangs')
  hang(@Res() _response: unknown): void {
    hangs();
  }

  @Get('answered/by/middleware')
  answered(): string {
    return 'never';
  }
}

interface Answering {
  statusCode: number;
  end(text: string): void;
}

function answer(_request: unknown, response: Answering): void {
  response.statusCode = 202;
  response.end('by middleware');
}

let app: INestApplication | undefined;
let url: string;

beforeEach(() => {
  hanging = new Promise((resolve) => (hangs = resolve));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

function moduleWith(http: boolean | HttpInstrumentOptions) {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['shop'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
        instrument: { http },
      }),
    ],
    controllers: [OrdersController],
    providers: [TeapotFilter],
  })
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(answer).forRoutes('orders/answered/by/middleware');
    }
  }
  return AppModule;
}

const ADAPTERS = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };
type Adapter = keyof typeof ADAPTERS;

async function start(
  adapter: Adapter,
  http: boolean | HttpInstrumentOptions = true,
  how: 'factory' | 'testing' = 'factory',
) {
  const AppModule = moduleWith(http);
  app =
    how === 'factory'
      ? await NestFactory.create(AppModule, ADAPTERS[adapter](), { logger: false, forceCloseConnections: true })
      : (await Test.createTestingModule({ imports: [AppModule] }).compile()).createNestApplication(
          ADAPTERS[adapter](),
          {
            logger: false,
            forceCloseConnections: true,
          },
        );
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
}

async function request(path: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url + path, init);
  await response.text();
  return response.status;
}

function counts(requests: number, name?: string): Promise<string[]> {
  return countsOf((app as INestApplication).get(MetricsService), requests, name);
}

describe.each<Adapter>(['Express', 'Fastify'])('requests with %s', (adapter) => {
  it('are counted by method, template of the route with prefix and version, and status', async () => {
    await start(adapter);
    expect(await request('/api/v2/orders/1')).toBe(200);
    expect(await request('/api/v2/orders/2?page=3')).toBe(200);
    expect(await request('/api/v1/orders', { method: 'POST' })).toBe(201);
    expect(await request('/api/v1/orders/1/stream')).toBe(200);
    expect(await request('/api/v1/orders/1/events')).toBe(200);
    expect(await counts(5)).toEqual([
      `${series('GET', '/api/v1/orders/:id/events', 200)} 1`,
      `${series('GET', '/api/v1/orders/:id/stream', 200)} 1`,
      `${series('GET', '/api/v2/orders/:id', 200)} 2`,
      `${series('POST', '/api/v1/orders', 201)} 1`,
    ]);
  });

  it('that fail are counted as they were answered: by filters, guards, the body parser, a middleware', async () => {
    await start(adapter);
    expect(await request('/api/v1/orders/1/fails')).toBe(500);
    expect(await request('/api/v1/orders/1/teapot')).toBe(418);
    expect(await request('/api/v1/orders/1/refused')).toBe(403);
    expect(await request('/api/v1/orders/answered/by/middleware')).toBe(202);
    const headers = { 'content-type': 'application/json' };
    expect(await request('/api/v1/orders', { method: 'POST', headers, body: '{' })).toBe(400);
    // Express parses a body before it looks for a route, Fastify afterwards.
    const parsed = adapter === 'Express' ? '' : '/api/v1/orders';
    expect(await counts(5)).toEqual(
      [
        `${series('GET', '', 202)} 1`,
        `${series('GET', '/api/v1/orders/:id/fails', 500, '500')} 1`,
        `${series('GET', '/api/v1/orders/:id/refused', 403)} 1`,
        `${series('GET', '/api/v1/orders/:id/teapot', 418)} 1`,
        `${series('POST', parsed, 400)} 1`,
      ].sort(),
    );
  });

  it('for paths that nobody knows are one series', async () => {
    await start(adapter);
    for (const path of ['/', '/a', '/b/c', '/api/v3/orders/1', '/%zz']) {
      expect(await request(path)).toBeGreaterThanOrEqual(400);
    }
    const found = await counts(5);
    expect(found.filter((line) => !line.includes('http_route=""'))).toEqual([]);
  });

  it('that a client gives up are counted, without a status if none was sent', async () => {
    await start(adapter);
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /api/v1/orders/1/hangs HTTP/1.1\r\nHost: shop\r\n\r\n');
    await hanging;
    const active = 'http_server_active_requests{http_request_method="GET",url_scheme="http"}';
    const metrics = (app as INestApplication).get(MetricsService);
    expect(await metrics.text()).toContain(`${active} 1\n`);
    socket.destroy();
    expect(await counts(1)).toEqual([`${series('GET', '/api/v1/orders/:id/hangs', '', 'aborted')} 1`]);
    expect(await metrics.text()).toContain(`${active} 0\n`);
  });

  it('for events are no failure when the client goes away', async () => {
    await start(adapter);
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /api/v1/orders/1/endless HTTP/1.1\r\nHost: shop\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await counts(1)).toEqual([`${series('GET', '/api/v1/orders/:id/endless', 200)} 1`]);
  });

  it('by invented methods are one series', async () => {
    await start(adapter);
    for (const method of ['PROPFIND', 'MKCOL']) await request('/nowhere', { method });
    expect(await counts(2)).toEqual([`${series('_OTHER', '', 404)} 2`]);
  });

  it('have the names that users of prom-client know, if they want', async () => {
    await start(adapter, { preset: 'prom-client', buckets: [1] });
    await request('/api/v2/orders/1');
    await request('/nowhere');
    expect(await counts(2, 'http_request_duration_seconds')).toEqual([
      '{method="GET",route="/api/v2/orders/:id",status_code="200"} 1',
      '{method="GET",route="unknown",status_code="404"} 1',
    ]);
    const text = await (app as INestApplication).get(MetricsService).text();
    expect(text.match(/le="[^"]*"/g)).toEqual(['le="1"', 'le="+Inf"', 'le="1"', 'le="+Inf"']);
  });

  it('have further labels, and are left out by route', async () => {
    const warn = jest.spyOn(PackageLogger.prototype, 'warn').mockReturnValue(undefined);
    await start(adapter, {
      labels: {
        tenant: ({ headers }) => headers['x-tenant'] as string | undefined,
        faulty: () => {
          throw new Error('no tenant');
        },
        later: (async () => {
          await Promise.resolve();
          throw new Error('too late');
        }) as never,
      },
      ignore: ['/api/v2/orders/:id', /teapot$/],
    });
    await request('/api/v2/orders/1');
    await request('/api/v1/orders/1/teapot');
    await request('/api/v1/orders', { method: 'POST', headers: { 'x-tenant': 'acme' } });
    await request('/api/v1/orders', { method: 'POST', headers: { 'x-tenant': 'other' } });
    await request('/api/v1/orders', { method: 'POST' });
    const found = await counts(3);
    expect(warn.mock.calls.map(([said]: unknown[]) => said)).toEqual([
      'instrument.http.labels.faulty gives no value, and is the empty text then: it threw Error: no tenant',
      'instrument.http.labels.later gives no value, and is the empty text then: it gave a promise',
    ]);
    warn.mockRestore();
    expect(found.map((line) => /tenant="([^"]*)"/.exec(line)?.[1]).sort()).toEqual(['', 'acme', 'other']);
    expect(
      found.every(
        (line) =>
          line.includes('faulty=""') && line.includes('later=""') && line.includes('http_route="/api/v1/orders"'),
      ),
    ).toBe(true);
  });

  it('have sizes, if they are wanted', async () => {
    await start(adapter, { sizes: true });
    const body = JSON.stringify({ items: 'x'.repeat(1_000) });
    await request('/api/v1/orders', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    await counts(1);
    const text = await (app as INestApplication).get(MetricsService).text();
    const sum = (name: string): number => Number(new RegExp(`^${name}_sum\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
    expect(sum('http_server_request_body_size_bytes')).toBe(body.length);
    expect(sum('http_server_response_body_size_bytes')).toBe(body.length);
  });

  it('are counted in an application made for tests', async () => {
    await start(adapter, true, 'testing');
    await request('/api/v2/orders/1');
    await request('/api/v1/orders/answered/by/middleware');
    const found = await counts(2);
    expect(found).toContain(`${series('GET', '/api/v2/orders/:id', 200)} 1`);
    expect(found.some((line) => line.includes('http_response_status_code="202"'))).toBe(true);
  });
});

it('requests that Fastify injects are counted once', async () => {
  await start('Fastify');
  const adapter = (app as INestApplication).getHttpAdapter() as FastifyAdapter;
  expect((await adapter.inject('/api/v2/orders/1')).statusCode).toBe(200);
  expect(await counts(1)).toEqual([`${series('GET', '/api/v2/orders/:id', 200)} 1`]);
});

it('nothing is measured unless it is switched on', async () => {
  await start('Express', false);
  expect(await request('/api/v2/orders/1')).toBe(200);
  expect(await (app as INestApplication).get(MetricsService).text()).toBe('');
});
