import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import type { Group, MetricFamily } from '../../../lib/model/index.js';
import { PROCESS_LABEL, ProcessGroup, type ProcessSource } from '../../../lib/push/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import { FakePool, shop } from './support.js';

const BEAT_MS = 5_000;
const STALE_MS = 15_000;
const TEXT = '# HELP lag Lag\n# TYPE lag gauge\nlag 1\n';

let store: MemoryStore;
let pool: FakePool;
let warn: jest.SpyInstance;
let log: jest.SpyInstance;
const groups: ProcessGroup[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  store = new MemoryStore();
  pool = new FakePool();
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
});

afterEach(async () => {
  await Promise.all(groups.splice(0).map((group) => group.end()));
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function make(group: Group = shop): ProcessGroup {
  const made = new ProcessGroup({ group, gateways: ['http://a:1'], timeoutMs: 1_000 }, store, pool);
  groups.push(made);
  return made;
}

const lag = (value: number, name = 'lag'): MetricFamily => ({
  ...{ name, help: 'Lag', type: 'gauge' },
  values: [{ metricName: name, labels: {}, value }],
});
const source = (read: ProcessSource['read'], name = 'a source'): ProcessSource => ({ name, read });
const given = source(() => Promise.resolve([lag(1)]));

describe('the group of a process', () => {
  it('is that of the job with a label more, which tells processes apart', () => {
    const [one, other] = [make(), make()];
    expect(one.group).toMatchObject({ job: 'shop', instance: 'host' });
    expect(one.group.labels[PROCESS_LABEL]).toMatch(new RegExp(`^${hostname()}-${process.pid}-[0-9a-f]{8}$`));
    expect(one.group.labels[PROCESS_LABEL]).not.toBe(other.group.labels[PROCESS_LABEL]);
  });

  it('is refused where the application has a grouping label of that name', () => {
    const group = make({ ...shop, labels: { process: 'web' } });
    expect(() => {
      group.add(given);
    }).toThrow('pushgateway.groupingLabels: expected no "process", which tells processes apart for a source');
  });

  it('asks nobody for anything without a source', async () => {
    const beat = jest.spyOn(store.signsOfLife, 'beat');
    expect(await make().push()).toBeUndefined();
    expect(beat).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is pushed with what all sources have, one block for each name', async () => {
    const group = make();
    group.add(given);
    group.add(
      source(() => Promise.resolve([{ ...lag(2), values: [{ metricName: 'lag', labels: { at: 'b' }, value: 2 }] }])),
    );
    expect(await group.push()).toMatchObject({
      outcome: 'pushed',
      job: 'shop',
      series: 2,
      gateway: 'http://other:9091',
    });
    expect(pool.requests).toEqual([{ verb: 'push', job: 'shop', text: `${TEXT}lag{at="b"} 2\n` }]);
  });

  it('keeps on the gateway what a source had that fails or hangs, which is said once', async () => {
    const group = make();
    group.add(given);
    let fails = true;
    group.add(source(() => (fails ? Promise.reject(new Error('no')) : Promise.resolve([])), 'one that fails'));
    group.add(source(() => (fails ? new Promise(() => undefined) : Promise.resolve([])), 'one that hangs'));
    const reason = 'one that fails: no; one that hangs: it did not answer within 5000 ms';
    const pushed = group.push();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await pushed).toMatchObject({ outcome: 'pushed', reason });
    const again = group.push();
    await jest.advanceTimersByTimeAsync(5_000);
    await again;
    expect(pool.requests.map(({ verb, text }) => [verb, text])).toEqual([
      ['pushAdd', TEXT],
      ['pushAdd', TEXT],
    ]);
    expect(warn.mock.calls).toEqual([[`Push of the metrics of this process failed: ${reason}`]]);
    fails = false;
    expect(await group.push()).toMatchObject({ outcome: 'pushed' });
    expect(log.mock.calls).toEqual([['Push of the metrics of this process works again']]);
  });

  it('refuses two types of one name', async () => {
    const group = make();
    group.add(given);
    group.add(source(() => Promise.resolve([{ ...lag(1), type: 'counter' as const }])));
    expect(await group.push()).toMatchObject({
      outcome: 'failed',
      reason: 'Metric "lag" is a gauge and a counter: rename one of them',
    });
  });

  it('is removed at the end, and pushed no more', async () => {
    const group = make();
    group.add(given);
    await group.push();
    await group.end();
    expect(pool.requests.map(({ verb }) => verb)).toEqual(['push', 'delete']);
    expect(await group.push()).toBeUndefined();
    expect(await store.signsOfLife.silentGroups(0)).toEqual([]);
  });

  it('is removed by another process once its own has been silent for 15 s', async () => {
    const dead: Group = { ...shop, labels: { process: 'host-1-0123abcd' } };
    const named: Group = { ...shop, labels: { process: 'web' } };
    await store.signsOfLife.beat({ process: 'died', groups: [dead, named, shop], gateways: [], isWatched: true });
    const group = make();
    group.add(given);
    await group.push();
    await jest.advanceTimersByTimeAsync(STALE_MS - 1);
    expect(pool.requests).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(BEAT_MS);
    expect(pool.requests.map(({ verb }) => verb)).toEqual(['push', 'delete']);
    // Groups of others are not its business, nor is one that only has a label of that name.
    expect(await store.signsOfLife.silentGroups(STALE_MS)).toEqual([named, shop]);
  });
});
