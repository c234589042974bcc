import { UnknownJobError } from '../../../lib/errors/index.js';
import type { MetricPusher } from '../../../lib/metrics/index.js';
import { InjectMetric, getMetricToken } from '../../../lib/metrics/index.js';
import type { GroupStatus, PushResult } from '../../../lib/model/index.js';
import { startProcess, stopProcesses, valuesOf } from './support.js';

afterEach(stopProcesses);

const UNKNOWN = 'Unknown job "stok": expected one of prometheus.jobs ("shop", "stock")';

const resultOf = (job: string, verb: string) => Promise.resolve({ job, outcome: 'pushed', reason: verb } as PushResult);

const fakePusher = (): MetricPusher => ({
  push: resultOf,
  announce: jest.fn(),
  delete: (job) => resultOf(job, 'delete'),
  status: (job) => Promise.resolve({ job, holder: `gateway of ${job}` } as GroupStatus),
});

describe('MetricsService', () => {
  it.each(['push', 'pushAdd', 'delete'] as const)('%s()es the first job, or the one it is told', async (verb) => {
    const pusher = fakePusher();
    const { metrics } = startProcess({ pusher });
    expect(await metrics[verb]()).toEqual({ job: 'shop', outcome: 'pushed', reason: verb });
    expect(await metrics[verb]('stock')).toEqual({ job: 'stock', outcome: 'pushed', reason: verb });
  });

  it('pushes all jobs, and gives their results in the order of the options', async () => {
    const pusher = fakePusher();
    const results = await startProcess({ pusher }).metrics.pushAll();
    expect(results.map(({ job, reason }) => [job, reason])).toEqual([
      ['shop', 'push'],
      ['stock', 'push'],
    ]);
  });

  it('tells where each job is', async () => {
    const statuses = await startProcess({ pusher: fakePusher() }).metrics.status();
    expect(statuses).toEqual([
      { job: 'shop', holder: 'gateway of shop' },
      { job: 'stock', holder: 'gateway of stock' },
    ]);
  });

  it.each(['push', 'pushAdd', 'delete', 'clear', 'text'] as const)('rejects an unknown job in %s()', async (verb) => {
    const refusal: unknown = await startProcess()
      .metrics[verb]('stok')
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnknownJobError);
    expect(refusal).toMatchObject({ code: 'ERR_UNKNOWN_JOB', message: UNKNOWN });
  });

  it('flushes every job', async () => {
    const { metrics, store } = startProcess();
    metrics.counter({ name: 'a', help: 'x' }).inc();
    metrics.counter({ name: 'b', help: 'x', jobs: ['stock'] }).inc(2);
    await metrics.flush();
    const other = startProcess({ store }).metrics;
    expect(await other.text('shop')).toContain('a 1\n');
    expect(await other.text('stock')).toContain('b 2\n');
  });

  it('forgets the values of one job, what waits to be stored among them, and keeps the other', async () => {
    const { metrics } = startProcess();
    const shop = metrics.counter({ name: 'a', help: 'x', labelNames: ['type'] });
    const stock = metrics.counter({ name: 'b', help: 'x', jobs: ['stock'] });
    shop.inc({ type: 'stored' });
    stock.inc(2);
    await metrics.flush();
    shop.inc({ type: 'waiting' });
    const clearing = metrics.clear('shop');
    shop.inc({ type: 'later' });
    await clearing;
    expect(await valuesOf(shop)).toEqual({ 'a{type="later"}': 1 });
    expect(await valuesOf(stock)).toEqual({ b: 2 });
  });

  it('forgets the values of all jobs', async () => {
    const { metrics } = startProcess();
    const labelNames = ['type'] as const;
    metrics.counter({ name: 'a', help: 'x', labelNames }).inc({ type: 'x' });
    metrics.counter({ name: 'b', help: 'x', labelNames, jobs: ['stock'] }).inc({ type: 'x' });
    await metrics.clear();
    expect([await metrics.text('shop'), await metrics.text('stock')]).toEqual(['', '']);
  });

  it('forgets what other processes stored, and what they count later is kept', async () => {
    const { metrics, store } = startProcess();
    const other = startProcess({ store }).metrics.counter({ name: 'a', help: 'x', labelNames: ['type'] });
    other.inc({ type: 'x' }, 5);
    await other.get();
    await metrics.clear();
    other.inc({ type: 'x' });
    expect(await valuesOf(other)).toEqual({ 'a{type="x"}': 1 });
  });

  it('gives the text of a job that has nothing as nothing', async () => {
    expect(await startProcess().metrics.text('stock')).toBe('');
  });
});

describe('InjectMetric', () => {
  it('asks for the token of the full name', () => {
    class Orders {
      readonly total = 0;
    }
    InjectMetric('api_orders_total')(Orders, undefined, 0);
    const token = getMetricToken('api_orders_total');
    expect(getMetricToken('api_orders_total')).toBe(token);
    expect(getMetricToken('orders_total')).not.toBe(token);
    expect(Reflect.getMetadata('self:paramtypes', Orders)).toEqual([{ index: 0, param: token }]);
  });
});
