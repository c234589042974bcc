import { Logger } from '@nestjs/common';
import { Collectors, PushService } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { FakePool, gate, type Replica, startReplica, stopReplicas } from './support.js';

let store: MemoryStore;
let pool: FakePool;
let replica: Replica;
let collectors: Collectors;
let service: PushService;
let logged: string[];

const collector = (metric: string, collect: () => unknown, more: object = {}) => ({
  metric,
  jobs: ['shop'],
  by: 'one' as const,
  timeoutMs: 50,
  collect,
  ...more,
});

function serviceOf({ reader }: Replica, own: Collectors): PushService {
  return new PushService({ reader, store, pool, timeoutMs: 1_000, collectors: own });
}

beforeEach(() => {
  store = new MemoryStore();
  pool = new FakePool();
  replica = startReplica(store, pool);
  collectors = new Collectors();
  service = serviceOf(replica, collectors);
  logged = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation((...[text]) => void logged.push(String(text)));
  }
});
afterEach(async () => {
  await stopReplicas();
  jest.restoreAllMocks();
});

const pushed = (): string[] => pool.requests.map(({ text = '' }) => text);

it('what the pushing process collects is in the push', async () => {
  collectors.add(
    collector('orders_total', () => {
      replica.inc('shop', 'collected');
    }),
  );
  expect(await service.push('shop', { collects: true })).toMatchObject({ outcome: 'pushed', series: 1 });
  expect(pushed()).toEqual([expect.stringContaining('orders_total{type="collected"} 1\n')]);
});

it('what each process collects is stored before the turn is asked for, also by a tick that leaves the push to another', async () => {
  const other = startReplica(store, pool);
  const others = new Collectors();
  const secondService = serviceOf(other, others);
  const seen: string[] = [];
  collectors.add(collector('a', () => seen.push('one of first')));
  others.add(collector('a', () => seen.push('one of second')));
  collectors.add(collector('b', () => seen.push('each of first'), { by: 'each' }));
  others.add(
    collector(
      'b',
      () => {
        seen.push('each of second');
        other.inc('shop', 'second');
      },
      { by: 'each' },
    ),
  );
  replica.inc();
  const tick = { collects: true, notAgainWithinMs: 60_000 };
  expect(await service.push('shop', tick)).toMatchObject({ outcome: 'pushed' });
  expect(await secondService.push('shop', tick)).toMatchObject({ outcome: 'skipped' });
  expect(seen.sort()).toEqual(['each of first', 'each of second', 'one of first']);
  expect(await service.push('shop')).toMatchObject({ outcome: 'pushed' });
  expect(pushed().at(-1)).toContain('orders_total{type="second"} 1\n');
  expect(seen).toHaveLength(3);
});

it('one that has the metric collects it for all, also if a process without it pushes at each tick', async () => {
  const worker = startReplica(store, pool);
  const own = new Collectors();
  let collected = 0;
  const collect = (): void => {
    collected += 1;
    worker.inc('shop', 'worker');
  };
  own.add(collector('orders_total', collect));
  const [web, workers] = [service, serviceOf(worker, own)];
  const again = new Collectors();
  again.add(collector('orders_total', collect));
  const idle = serviceOf(startReplica(store, pool), again);
  replica.inc();
  const tick = { collects: true, notAgainWithinMs: 60_000 };
  expect(await web.push('shop', tick)).toMatchObject({ outcome: 'pushed' });
  for (const each of [workers, idle, workers])
    expect(await each.push('shop', tick)).toMatchObject({ outcome: 'skipped' });
  expect(collected).toBe(1);
  // The next tick shows it.
  expect(await web.push('shop', { collects: true })).toMatchObject({ outcome: 'pushed' });
  expect(pushed().at(-1)).toContain('orders_total{type="worker"} 1\n');
  // Who is asked for a push collects in any case.
  expect(await workers.push('shop', { collects: true })).toMatchObject({ outcome: 'pushed' });
  expect(collected).toBe(2);
});

it('whatever is thrown, it is told', async () => {
  collectors.add(
    collector('odd', () => {
      throw Object.create(null);
    }),
  );
  replica.inc();
  const result = await service.push('shop', { collects: true });
  expect(result).toMatchObject({
    outcome: 'pushed',
    reason: 'metric "odd" is not collected: something was thrown that has no text',
  });
});

it('a push that is not to collect does not', async () => {
  const collect = jest.fn();
  for (const by of ['one', 'each'] as const) collectors.add(collector(by, collect, { by }));
  replica.inc();
  expect(await service.push('shop')).toMatchObject({ outcome: 'pushed' });
  expect(collect).not.toHaveBeenCalled();
});

it('jobs collect their own metrics only', async () => {
  const collect = jest.fn();
  collectors.add(collector('a', collect, { jobs: ['stock'] }));
  replica.inc();
  await service.push('shop', { collects: true });
  expect(collect).not.toHaveBeenCalled();
  replica.inc('stock');
  await service.push('stock', { collects: true });
  expect(collect).toHaveBeenCalledTimes(1);
});

it('one that fails is logged once and told by each push, until it works again', async () => {
  let fails = true;
  collectors.add(
    collector('a', async () => {
      await Promise.resolve();
      if (fails) throw new Error('no connection');
    }),
  );
  replica.inc();
  const reason = 'metric "a" is not collected: no connection';
  for (let at = 0; at < 2; at += 1) {
    expect(await service.push('shop', { collects: true })).toMatchObject({ outcome: 'pushed', reason });
  }
  expect(logged).toEqual(['Cannot collect metric "a": no connection']);
  fails = false;
  const result = await service.push('shop', { collects: true });
  expect(result).toMatchObject({ outcome: 'pushed' });
  expect(result.reason).toBeUndefined();
  expect(logged.slice(1)).toEqual(['Metric "a" is collected again']);
});

it('one that throws at once harms nobody', async () => {
  collectors.add(
    collector(
      'a',
      () => {
        throw new TypeError('undefined is not a function');
      },
      { by: 'each' },
    ),
  );
  replica.inc();
  const reason = 'metric "a" is not collected: undefined is not a function';
  expect(await service.push('shop', { collects: true })).toMatchObject({ outcome: 'pushed', reason });
});

it.each(['one', 'each'] as const)(
  'one that hangs (%s) holds no push up beyond its deadline, and only the first',
  async (by) => {
    const release = gate();
    let begun = 0;
    const hanging = async (): Promise<void> => {
      begun += 1;
      await release.pass();
      replica.inc('shop', 'late');
    };
    collectors.add(collector('slow', hanging, { by, timeoutMs: 1_000 }));
    replica.inc();
    const reason =
      'metric "slow" is not collected: it has not answered within 1000 ms, and is not asked again before it does';
    const first = await service.push('shop', { collects: true });
    expect(first).toMatchObject({ outcome: 'pushed', reason });
    expect(first.durationMs).toBeGreaterThanOrEqual(990);
    const second = await service.push('shop', { collects: true });
    expect(second).toMatchObject({ outcome: 'pushed', reason });
    expect(second.durationMs).toBeLessThan(900);
    expect([begun, logged.length]).toEqual([1, 1]);
    release.open();
    const third = await service.push('shop', { collects: true });
    expect(third.outcome).toBe('pushed');
    expect(pushed().at(-1)).toContain('orders_total{type="late"}');
  },
);

it('the turn lasts while a process collects', async () => {
  const release = gate();
  collectors.add(collector('slow', () => release.pass(), { timeoutMs: 10_000 }));
  replica.inc();
  const keep = jest.spyOn(store.turns, 'keep');
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    const push = service.push('shop', { collects: true });
    await jest.advanceTimersByTimeAsync(3_500);
    expect(keep).toHaveBeenCalledTimes(3);
    release.open();
    await jest.advanceTimersByTimeAsync(10);
    expect(await push).toMatchObject({ outcome: 'pushed' });
  } finally {
    jest.useRealTimers();
  }
});
