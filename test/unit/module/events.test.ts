import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { filter, firstValueFrom, map, toArray } from 'rxjs';
import {
  type MetricsEvent,
  MetricsEvents,
  MetricsService,
  PrometheusPushgatewayModule,
  type PushResult,
} from 'nestjs-prometheus-pushgateway';
import { metricsInMemory } from 'nestjs-prometheus-pushgateway/testing';

const group = { job: 'shop', instance: 'one', labels: { region: 'eu' } };

function resultOf(outcome: PushResult['outcome']): PushResult {
  const gateway = 'http://gateway:9091';
  return { job: 'shop', instance: 'one', gateway, gateways: [gateway], outcome, series: 1, bytes: 9, durationMs: 2 };
}

describe('events', () => {
  let events: MetricsEvents;
  let seen: MetricsEvent[];
  let logged: jest.SpyInstance;

  beforeEach(() => {
    events = new MetricsEvents();
    seen = [];
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const listen = (): void => void events.subscribe((event) => seen.push(event));
  const types = (): string[] => seen.map(({ type }) => type);

  it('tell the outcome of each push, and when pushes work again', () => {
    listen();
    for (const outcome of ['pushed', 'failed', 'failed', 'skipped', 'pushed', 'pushed'] as const) {
      events.pushed(group, resultOf(outcome));
    }
    expect(types()).toEqual(['pushed', 'failed', 'failed', 'skipped', 'pushed', 'recovered', 'pushed']);
    expect(seen[1]).toEqual({ type: 'failed', at: expect.any(Date), group, result: resultOf('failed') });
    expect(seen[5]).toEqual({
      ...{ type: 'recovered', at: expect.any(Date), group },
      ...{ from: 'failed', what: 'http://gateway:9091' },
    });
  });

  it('tell once that values wait, for each of what they wait for, and that they arrive', () => {
    listen();
    events.arrives(group, 'store', 'redis:6379');
    for (const by of ['store', 'store', 'gateway'] as const) events.delayed(group, by, `${by}:1`);
    events.arrives(group, 'store', 'store:1');
    events.arrives(group, 'store', 'store:1');
    events.arrives(group, 'gateway', 'gateway:1');
    expect(seen.map(({ at: _, group: __, ...event }) => event)).toEqual([
      { type: 'delayed', by: 'store', address: 'store:1' },
      { type: 'delayed', by: 'gateway', address: 'gateway:1' },
      { type: 'recovered', from: 'delayed', what: 'store:1' },
      { type: 'recovered', from: 'delayed', what: 'gateway:1' },
    ]);
  });

  it('tell moves, clashes, their end, and limits', () => {
    listen();
    events.moved(group, 'a:1', 'b:1');
    events.clashed(group, 'orders_total', 'counter');
    events.clashIsOver(group, 'orders_total');
    events.overflowed(group, 'orders_total', 'more than 2 label sets');
    expect(seen.map(({ at: _, group: __, ...event }) => event)).toEqual([
      { type: 'moved', from: 'a:1', to: 'b:1' },
      { type: 'clashed', metric: 'orders_total', shape: 'counter' },
      { type: 'recovered', from: 'clashed', what: 'orders_total' },
      { type: 'overflowed', metric: 'orders_total', reason: 'more than 2 label sets' },
    ]);
  });

  it('complete at the end, and take operators', async () => {
    const jobs = firstValueFrom(
      events.pipe(
        filter(({ type }) => type === 'pushed'),
        map((event) => event.group.job),
        toArray(),
      ),
    );
    events.pushed(group, resultOf('pushed'));
    events.pushed(group, resultOf('skipped'));
    events.end();
    expect(await jobs).toEqual(['shop']);
  });

  it.each<[string, (throwing: (event: MetricsEvent) => never) => void]>([
    ['a function', (throwing) => void events.subscribe(throwing)],
    ['an observer', (throwing) => void events.subscribe({ next: throwing })],
    [
      'a promise',
      (throwing) =>
        void events.subscribe((event) => Promise.resolve().then(() => throwing(event)) as unknown as undefined),
    ],
    ['behind operators', (throwing) => void events.pipe(filter(() => true)).subscribe(throwing)],
    ['an operator', (throwing) => void events.pipe(map(throwing)).subscribe(() => undefined)],
  ])('are heard by others, and by it again, though a listener throws: %s', async (_, add) => {
    const uncaught = jest.fn();
    process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
    add(() => {
      throw new Error('broken');
    });
    listen();
    events.pushed(group, resultOf('pushed'));
    events.pushed(group, resultOf('skipped'));
    // rxjs throws what nobody caught in a timer of its own.
    await new Promise((resolve) => setTimeout(resolve, 0));
    process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught);
    expect(types()).toEqual(['pushed', 'skipped']);
    expect(uncaught).not.toHaveBeenCalled();
    expect(logged).toHaveBeenCalledWith('A listener of MetricsEvents has failed: broken');
  });

  it('come from the application that is injected with them', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const module = await metricsInMemory(
      Test.createTestingModule({
        imports: [PrometheusPushgatewayModule.forRoot({ prometheus: { jobs: ['shop'] }, maxSeriesPerMetric: 1 })],
      }),
    ).compile();
    await module.init();
    module.get(MetricsEvents).subscribe((event) => seen.push(event));
    const metrics = module.get(MetricsService);
    await metrics.push();
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
    for (const type of ['book', 'game', 'film']) orders.inc({ type });
    await metrics.push();
    await metrics.delete();
    expect(types()).toEqual(['skipped', 'overflowed', 'pushed']);
    let hasEnded = false;
    module.get(MetricsEvents).subscribe({ complete: () => (hasEnded = true) });
    await module.close();
    expect(hasEnded).toBe(true);
  });
});
