import type { KnownSeries, ResolvedDefinition } from '../../../lib/model/index.js';
import { Announcer } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { FakePool, startReplica, stopReplicas } from './support.js';

afterEach(stopReplicas);

/** A Prometheus that knows these series of a family, and sees what is pushed if it scrapes. */
class FakeWitness implements KnownSeries {
  readonly address = 'http://prometheus:9090';
  scrapes = true;
  asked = 0;

  constructor(
    private readonly pool: FakePool,
    private readonly known: readonly string[] = [],
  ) {}

  identify(_definition: ResolvedDefinition, labels: string): string {
    return labels;
  }

  among(_group: unknown, { name }: ResolvedDefinition): Promise<ReadonlySet<string>> {
    this.asked += 1;
    const text = this.scrapes ? (this.pool.requests.at(-1)?.text ?? '') : '';
    const seen = [...text.matchAll(new RegExp(`^${name}{(.*)} `, 'gm'))].map(([, labels]) => labels as string);
    return Promise.resolve(new Set([...this.known, ...seen]));
  }
}

const open = (known: readonly string[] = []) => {
  const pool = new FakePool();
  const store = new MemoryStore();
  const witness = new FakeWitness(pool, known);
  const { service, reader, inc } = startReplica(store, pool);
  return { pool, store, witness, inc, announcer: new Announcer(service, reader, store, witness), service };
};

describe('Announcer', () => {
  it('brings unknown series at 0 and known ones with their values, and ends when one has been scraped', async () => {
    const { pool, inc, announcer, service } = open(['type="red"']);
    inc('shop', 'red');
    inc('shop', 'blue');
    expect(await announcer.announce('shop', {})).toMatchObject({ job: 'shop', outcome: 'pushed', series: 2 });
    expect(pool.requests).toHaveLength(1);
    expect(pool.requests[0]?.text).toContain('orders_total{type="red"} 1\norders_total{type="blue"} 0\n');
    await service.push('shop');
    expect(pool.requests[1]?.text).toContain('orders_total{type="red"} 1\norders_total{type="blue"} 1\n');
  });

  it('pushes nothing if Prometheus knows every series', async () => {
    const { pool, inc, announcer } = open(['type="blue"']);
    inc();
    expect(await announcer.announce('shop', {})).toMatchObject({
      outcome: 'skipped',
      reason: 'Prometheus knows every series',
    });
    expect(pool.requests).toEqual([]);
  });

  it('brings them by POST when asked to', async () => {
    const { pool, inc, announcer } = open();
    inc();
    await announcer.announce('shop', { mode: 'pushAdd' });
    expect(pool.requests).toMatchObject([{ verb: 'pushAdd' }]);
  });

  it('gives up when no scrape comes', async () => {
    const { witness, inc, announcer } = open();
    witness.scrapes = false;
    inc();
    expect(await announcer.announce('shop', { timeoutMs: 5 })).toMatchObject({
      outcome: 'failed',
      reason: 'Prometheus http://prometheus:9090 has not scraped the new series within 5 ms',
    });
    expect(witness.asked).toBeGreaterThan(1);
  });

  it('tells of a failed push, and waits for nothing', async () => {
    const { pool, witness, inc, announcer } = open();
    pool.before = () => Promise.reject(new Error('gateway away'));
    inc();
    expect(await announcer.announce('shop', {})).toMatchObject({ outcome: 'failed', reason: 'gateway away' });
    expect(witness.asked).toBe(1);
  });

  it('tells that Prometheus cannot be asked, and pushes nothing', async () => {
    const { pool, witness, inc, announcer } = open();
    witness.among = () => Promise.reject(new Error('prometheus away'));
    inc();
    expect(await announcer.announce('shop', {})).toMatchObject({ outcome: 'failed', reason: 'prometheus away' });
    expect(pool.requests).toEqual([]);
  });
});
