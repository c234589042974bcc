import { EventEmitter } from 'node:events';
import { type INestApplicationContext, Logger, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type BullmqInstrumentOptions,
  getMetricsServiceToken,
  MetricsService,
  PrometheusPushgatewayModule,
} from 'nestjs-prometheus-pushgateway';

/** As BullMQ has it: what queues and workers share, and what derives from a worker. */
class QueueBase extends EventEmitter {
  closing: Promise<void> | undefined;
  readonly opts = { connection: { host: 'redis' } };

  constructor(
    readonly name: string,
    prefix = 'bull',
  ) {
    super();
    this.qualifiedName = `${prefix}:${name}`;
  }

  readonly qualifiedName: string;
}
class Worker extends QueueBase {
  run(): void {
    this.emit('ready');
  }

  close(): Promise<void> {
    this.closing ??= Promise.resolve().then(() => {
      this.emit('completed', { processedOn: Date.now() });
      this.emit('closed');
    });
    return this.closing;
  }
}
class WorkerPro extends Worker {
  override run(): void {
    super.run();
  }
}
class Queue extends QueueBase {
  constructor(
    name: string,
    private readonly counts: Record<string, number>,
    prefix?: string,
  ) {
    super(name, prefix);
  }

  getJobCounts(): Promise<Record<string, number>> {
    return Promise.resolve(this.counts);
  }
}
class WorkerHost {
  #worker: Worker | undefined;

  get worker(): Worker {
    if (this.#worker === undefined) throw new Error('not yet');
    return this.#worker;
  }

  onModuleInit(): void {
    this.#worker = new Worker('hosted');
  }
}
@Module({})
class BullModule {
  static readonly _workerClass = WorkerPro;
}

const apps: INestApplicationContext[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  jest.restoreAllMocks();
});

async function start(
  bullmq: boolean | BullmqInstrumentOptions = true,
  { imports = [BullModule], ...more }: ModuleMetadata = {},
  names: readonly (string | undefined)[] = [undefined],
): Promise<INestApplicationContext> {
  const modules = names.map((name) =>
    PrometheusPushgatewayModule.forRoot({
      ...(name !== undefined && { name }),
      prometheus: { jobs: ['shop'] },
      pushgateway: { redis: 'memory', host: '127.0.0.1:9' },
      pushOnShutdown: false,
      autoPush: false,
      instrument: { bullmq },
    }),
  );
  @Module({ imports: [...imports, ...modules], ...more })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  apps.push(app);
  return app;
}

async function lines(app: INestApplicationContext, begin: string, name?: string): Promise<string[]> {
  const text = await app.get<MetricsService>(getMetricsServiceToken(name)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`bullmq_job_${begin}`))
    .map((line) => line.slice('bullmq_job_'.length))
    .sort();
}

describe('jobs of BullMQ', () => {
  it('count when an attempt has ended, by any worker, also one that was made before or is of another class', async () => {
    const early = new Worker('mails');
    const app = await start();
    const pro = new WorkerPro('orders');
    pro.run();
    expect(await lines(app, 'failed')).toEqual(['failed_total{queue="orders"} 0']);
    early.emit('completed', { finishedOn: 1 });
    pro.emit('completed', { finishedOn: 1 });
    pro.emit('failed', { finishedOn: 1 });
    pro.emit('failed', undefined);
    for (let at = 0; at < 3; at += 1) pro.emit('failed', {});
    pro.emit('stalled', '7');
    expect(await lines(app, 'completed')).toEqual([
      'completed_total{queue="mails"} 1',
      'completed_total{queue="orders"} 1',
    ]);
    expect(await lines(app, 'failed_total{queue="orders"')).toEqual(['failed_total{queue="orders"} 2']);
    expect(await lines(app, 'retried_total{queue="orders"')).toEqual(['retried_total{queue="orders"} 3']);
    expect(await lines(app, 'stalled_total{queue="orders"')).toEqual(['stalled_total{queue="orders"} 1']);
    expect(await lines(app, 'duration')).toEqual([]);
  });

  it('have durations of attempts, and times until they were first begun', async () => {
    const app = await start({ jobNames: true, buckets: [1, 10] });
    const worker = new Worker('orders');
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now);
    const job = { name: 'mail\ud800', timestamp: now - 9_000, opts: { delay: 3_000 }, processedOn: now - 2_000 };
    worker.emit('failed', { ...job, attemptsStarted: 1 });
    worker.emit('completed', { ...job, attemptsStarted: 2, finishedOn: now });
    worker.emit('completed', { ...job, timestamp: now, processedOn: now + 5, attemptsStarted: 1, finishedOn: now });
    expect(await lines(app, 'duration_seconds_sum')).toEqual([
      'duration_seconds_sum{job_name="mail\ufffd",outcome="completed",queue="orders"} 2',
      'duration_seconds_sum{job_name="mail\ufffd",outcome="retried",queue="orders"} 2',
    ]);
    expect(await lines(app, 'wait_seconds_sum')).toEqual(['wait_seconds_sum{job_name="mail\ufffd",queue="orders"} 4']);
    expect(await lines(app, 'wait_seconds_count')).toEqual([
      'wait_seconds_count{job_name="mail\ufffd",queue="orders"} 2',
    ]);
  });

  it('of a worker of Nest that end while it closes are counted, and then none: the class is as it was', async () => {
    const app = await start(true, { providers: [WorkerHost] });
    const { worker } = app.get(WorkerHost);
    worker.emit('completed', {});
    expect(Object.hasOwn(Worker.prototype, 'emit')).toBe(true);
    await app.close();
    expect(await lines(app, 'completed')).toEqual(['completed_total{queue="hosted"} 2']);
    expect(Object.hasOwn(Worker.prototype, 'emit')).toBe(false);
  });

  it('do not hold up the end when their worker is closed, whatever it still tells', async () => {
    const app = await start();
    const worker = new Worker('orders');
    worker.closing = new Promise(() => undefined);
    worker.emit('closed');
    worker.emit('drained');
    await app.close();
    expect(Object.hasOwn(Worker.prototype, 'emit')).toBe(false);
  });

  it('count in each module that is told to, and of several applications in that whose worker it is, or the newest', async () => {
    const [one, two] = [await start(true, { providers: [WorkerHost] }), await start(true, {}, [undefined, 'billing'])];
    one.get(WorkerHost).worker.emit('completed', {});
    new Worker('orders').emit('completed', {});
    expect(await lines(one, 'completed')).toEqual(['completed_total{queue="hosted"} 1']);
    expect(await lines(two, 'completed')).toEqual(['completed_total{queue="orders"} 1']);
    expect(await lines(two, 'completed', 'billing')).toEqual(['completed_total{queue="orders"} 1']);
  });

  it('count once where BullModule makes workers of a class, and workerClass is what that extends, or another that does', async () => {
    class Traced extends Worker {}
    for (const workerClass of [Worker, Traced]) {
      const app = await start({ workerClass });
      const worker = new WorkerPro('orders');
      worker.emit('completed', {});
      new Traced('orders').emit('completed', {});
      expect(await lines(app, 'completed')).toEqual(['completed_total{queue="orders"} 2']);
      await app.close();
      expect(Object.hasOwn(Worker.prototype, 'emit')).toBe(false);
    }
  });

  it('count and end beside a provider whose prototype has no constructor', async () => {
    const bare = Object.create(Object.create(null) as object) as object;
    const app = await start(true, { providers: [{ provide: 'bare', useValue: bare }, WorkerHost] });
    const other = await start();
    const { worker } = app.get(WorkerHost);
    worker.emit('completed', {});
    expect(await lines(app, 'completed')).toEqual(['completed_total{queue="hosted"} 1']);
    await Promise.all([app.close(), other.close()]);
    expect(Object.hasOwn(Worker.prototype, 'emit')).toBe(false);
  });

  it('of workers that are made without BullModule count by their class; without it a warning says so', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const app = await start({ workerClass: Worker }, { imports: [] });
    new Worker('orders').emit('completed', {});
    expect(await lines(app, 'completed')).toEqual(['completed_total{queue="orders"} 1']);
    expect(warn).not.toHaveBeenCalled();
    await start(true, { imports: [] });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('instrument.bullmq measures nothing'));
  });
});

describe('depths of queues', () => {
  it('are read before a push, each queue once, those of one name added up', async () => {
    const app = await start(true, {
      providers: [
        { provide: 'A', useFactory: () => new Queue('orders', { waiting: 2, active: 1 }) },
        { provide: 'again', useFactory: () => new Queue('orders', { waiting: 2, active: 1 }) },
        { provide: 'other prefix', useFactory: () => new Queue('orders', { waiting: 5 }, 'shop') },
        { provide: 'mock', useValue: { getJobCounts: () => ({ waiting: 9 }) } },
      ],
    });
    await app.get(MetricsService).push();
    expect(await lines(app, 'count')).toEqual([
      'count{queue="orders",state="active"} 1',
      'count{queue="orders",state="waiting"} 7',
    ]);
  });

  it('that cannot be read do not keep others from being shown', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const broken = new Queue('mails', {});
    broken.getJobCounts = () => Promise.reject(new Error('no Redis'));
    const app = await start(true, {
      providers: [
        { provide: 'broken', useFactory: () => broken },
        { provide: 'orders', useFactory: () => new Queue('orders', { waiting: 2 }) },
      ],
    });
    await app.get(MetricsService).push();
    expect(await lines(app, 'count')).toEqual(['count{queue="orders",state="waiting"} 2']);
    expect(warn).toHaveBeenCalledWith('Cannot collect metric "bullmq_job_count": no Redis');
  });
});
