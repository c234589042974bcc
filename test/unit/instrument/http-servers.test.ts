import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectSocket, type AddressInfo, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { Controller, Get, type INestApplication, Module, Res } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { firstValueFrom } from 'rxjs';
import type { ExpressApplication } from '../../../lib/instrument/http/express.js';
import { freePort } from '../../support/free-port.js';
import { countsOf, series } from './support.js';

/** More than the buffers of a connection take. */
const LARGE = 'x'.repeat(20_000_000);

/** Called when a request has come to its handler. */
let reached: () => void;

@Controller()
class ShopController {
  @Get('orders/:id')
  find(): string {
    return 'found';
  }

  @Get('large')
  large(): string {
    reached();
    return LARGE;
  }

  @Get('hangs')
  hang(@Res() _response: unknown): void {
    reached();
  }

  @MessagePattern('orders.find')
  found(): string {
    return 'found';
  }
}

@Module({
  imports: [
    PrometheusPushgatewayModule.forRoot({
      prometheus: { jobs: ['shop'] },
      pushgateway: { redis: 'memory' },
      autoPush: false,
      instrument: { http: { sizes: true }, handlers: true },
    }),
  ],
  controllers: [ShopController],
})
class AppModule {}

let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function create(adapter: ExpressAdapter | FastifyAdapter): Promise<INestApplication> {
  app = await NestFactory.create(AppModule, adapter, { logger: false, forceCloseConnections: true });
  return app;
}

function portOf(shop: INestApplication): number {
  return (shop.getHttpServer() as { address(): AddressInfo }).address().port;
}

const counts = (requests: number): Promise<string[]> =>
  countsOf((app as INestApplication).get(MetricsService), requests);
const reading = async (): Promise<string> => (app as INestApplication).get(MetricsService).text();

it('requests of a serverless platform, whose responses finish and never close, are counted', async () => {
  const shop = await (await create(new ExpressAdapter())).init();
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/orders/7' });
  const response = new ServerResponse(request);
  response.assignSocket(
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    }) as unknown as Socket,
  );
  const finished = once(response, 'finish');
  (shop.getHttpAdapter() as AbstractHttpAdapter).getInstance<ExpressApplication>().handle(request, response);
  await finished;
  expect(await counts(1)).toEqual([`${series('GET', '/orders/:id', 200)} 1`]);
  response.emit('close');
  expect(await counts(1)).toHaveLength(1);
  expect(await reading()).toMatch(/^http_server_active_requests\{.*\} 0$/m);
});

it.each(['before', 'after'])('a response that a client has left %s its first byte has not succeeded', async (when) => {
  const shop = await create(new ExpressAdapter());
  await shop.listen(0, '127.0.0.1');
  const arrived = new Promise<void>((resolve) => (reached = resolve));
  const socket = connectSocket(portOf(shop), '127.0.0.1');
  socket.write('GET /large HTTP/1.1\r\nHost: shop\r\n\r\n');
  await (when === 'before' ? arrived : once(socket, 'data'));
  socket.destroy();
  expect(await counts(1)).toEqual([`${series('GET', '/large', 200, 'aborted')} 1`]);
});

describe('requests of HTTP/2', () => {
  let client: ClientHttp2Session;

  beforeEach(async () => {
    const shop = await create(new FastifyAdapter({ http2: true } as never));
    await shop.listen(0, '127.0.0.1');
    client = connect(`http://127.0.0.1:${portOf(shop)}`);
  });
  afterEach(() => {
    client.destroy();
  });

  it('are counted as they are answered', async () => {
    for (const path of ['/orders/7', '/nowhere']) await once(client.request({ ':path': path }).resume(), 'close');
    expect(await counts(2)).toEqual([`${series('GET', '/orders/:id', 200)} 1`, `${series('GET', '', 404)} 1`]);
    expect(await reading()).toMatch(/^http_server_active_requests\{.*\} 0$/m);
  });

  it.each([
    [
      '/hangs',
      '',
      'gives up a request',
      (stream: ClientHttp2Stream) => {
        stream.close(constants.NGHTTP2_CANCEL);
      },
    ],
    [
      '/hangs',
      '',
      'goes away',
      () => {
        client.destroy();
      },
    ],
    [
      '/large',
      200,
      'gives up a response',
      (stream: ClientHttp2Stream) => {
        stream.close(constants.NGHTTP2_CANCEL);
      },
    ],
  ])('%s are aborted, with the status "%s", when the client %s', async (path, status, _what, leave) => {
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    const stream = client.request({ ':path': path });
    await arrived;
    leave(stream);
    expect(await counts(1)).toEqual([`${series('GET', path, status, 'aborted')} 1`]);
  });
});

it.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('a hybrid application with %s counts its requests once, and its messages', async (_name, adapter) => {
  const shop = await create(adapter());
  const options = { host: '127.0.0.1', port: await freePort() };
  shop.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options }, { inheritAppConfig: true });
  await shop.startAllMicroservices();
  await shop.listen(0, '127.0.0.1');
  expect(await (await fetch(`http://127.0.0.1:${portOf(shop)}/orders/7`)).text()).toBe('found');
  const messages = ClientProxyFactory.create({ transport: Transport.TCP, options });
  expect(await firstValueFrom(messages.send<string>('orders.find', {}))).toBe('found');
  await messages.close();
  expect(await counts(1)).toEqual([`${series('GET', '/orders/:id', 200)} 1`]);
  expect(await reading()).toMatch(/_count\{.*ShopController.*\} 1$/m);
});
