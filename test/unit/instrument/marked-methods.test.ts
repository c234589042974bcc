import { Controller, type INestApplicationContext, type INestMicroservice, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, ClientProxyFactory, EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { Interval, Timeout } from '@nestjs/schedule';
import { type InstrumentOptions, MetricsService, PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { firstValueFrom, of } from 'rxjs';
import { freePort } from '../../support/free-port.js';
import { waitFor } from '../../support/wait-for.js';

class Base {
  runs = 0;

  @Interval(20)
  often(): void {
    this.runs += 1;
  }
}

@Injectable()
class Jobs extends Base {
  @Timeout(1)
  async once(): Promise<void> {
    await Promise.resolve();
    throw new Error('broken');
  }

  direct(): void {
    this.runs += 1;
  }
}

@Controller()
class Prices {
  changes = 0;

  @MessagePattern('price')
  price(item: string): unknown {
    return of(item.length);
  }

  @MessagePattern('fails')
  fails(): never {
    throw new Error('broken');
  }

  @EventPattern('changed')
  changed(_item: string): void {
    this.changes += 1;
  }
}

function moduleWith(instrument: InstrumentOptions) {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['shop'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
        instrument,
      }),
    ],
    providers: [Jobs],
    controllers: [Prices],
  })
  class AppModule {}
  return AppModule;
}

let app: INestApplicationContext | INestMicroservice | undefined;
let client: ClientProxy | undefined;
afterEach(async () => {
  await client?.close();
  await app?.close();
  client = undefined;
});

async function countOf(labels: string, name: string): Promise<number> {
  const text = await (app as INestApplicationContext).get(MetricsService).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name}_count{${labels}}`));
  return Number(line?.split(' ')[1] ?? 0);
}

describe('runs of scheduled methods', () => {
  const name = 'scheduled_run_duration_seconds';

  it('are measured, inherited ones too', async () => {
    app = await NestFactory.createApplicationContext(moduleWith({ schedule: true }), { logger: false });
    const jobs = app.get(Jobs);
    await waitFor(() => jobs.runs >= 2);
    const often = 'class="Base",method="often",outcome="success",type="interval"';
    expect(await countOf(often, name)).toBe(jobs.runs);
    await waitFor(async () => (await countOf('class="Jobs",method="once",outcome="error",type="timeout"', name)) === 1);
    await app.close();
    expect(Object.getOwnPropertyNames(Base.prototype)).toEqual(['constructor', 'often']);
  });

  it('are not where it is off', async () => {
    app = await NestFactory.createApplicationContext(moduleWith({ schedule: false }), { logger: false });
    const jobs = app.get(Jobs);
    await waitFor(() => jobs.runs >= 2);
    expect(await app.get(MetricsService).text()).toBe('');
  });
});

describe('calls of handlers of microservices', () => {
  const name = 'message_handler_duration_seconds';

  it('are measured', async () => {
    const options = { host: '127.0.0.1', port: await freePort() };
    const service = await NestFactory.createMicroservice(moduleWith({ handlers: true }), {
      transport: Transport.TCP,
      options,
      logger: false,
    });
    app = service;
    await service.listen();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    expect(await firstValueFrom(client.send('price', 'book'))).toBe(4);
    await expect(firstValueFrom(client.send('fails', ''))).rejects.toBeDefined();
    client.emit('changed', '');
    await waitFor(() => service.get(Prices).changes === 1);
    expect(await countOf('class="Prices",method="price",outcome="success",type="message"', name)).toBe(1);
    expect(await countOf('class="Prices",method="fails",outcome="error",type="message"', name)).toBe(1);
    expect(await countOf('class="Prices",method="changed",outcome="success",type="event"', name)).toBe(1);
  });
});
