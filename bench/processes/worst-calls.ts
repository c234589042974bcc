/**
 * `node worst-calls.js <Redis> <scenario>`: makes the heaviest use of Redis that a user, or somebody who chooses label values,
 * can. What it takes Redis is for the caller to see.
 */
import { createHash } from 'node:crypto';
import { MetricsService } from 'nestjs-prometheus-pushgateway';
import type { ResolvedDefinition } from '../../lib/model/index.js';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import { JOB, startApplication } from './application.js';
import { report } from './report.js';

const SERIES = 100_000;
const FAMILIES = 1_000;
const KEY_PREFIX = 'prometheus_pushgateway';
const GROUP = { job: JOB, instance: JOB, labels: {} };

const [redis = '', scenario = ''] = process.argv.slice(2);
const application = await startApplication({ redis });
const metrics = application.get(MetricsService);
const store = new RedisStore(redis, KEY_PREFIX);

/** As many families as an application may have, each with some series. */
async function manyFamilies(): Promise<void> {
  for (let at = 0; at < FAMILIES; at += 1) {
    const counter = metrics.counter({ name: `family_${at}_total`, help: 'Family', labelNames: ['type'] });
    for (let type = 0; type < 5; type += 1) counter.inc({ type });
  }
  await metrics.flush();
}

/** Reads as a push does: every series that no push has shown before begins now. */
async function begin(): Promise<void> {
  const { turn = '' } = await store.turns.take(GROUP, 60_000);
  const starts = { turn, at: Date.now(), lostUntil: 0 };
  let chunks = 0;
  const families = await store.series.families(GROUP);
  for await (const read of store.series.readText(GROUP, families, { starts, exemplars: true })) chunks += read.length;
  if (chunks === 0) throw new Error('Expected series that begin');
}

const scenarios: Record<string, () => Promise<void>> = {
  clear: async () => {
    await manyFamilies();
    await metrics.clear();
  },
  remove: async () => {
    await manyFamilies();
    const { turn = '' } = await store.turns.take(GROUP, 60_000);
    if (!(await store.removal.removeGroup(GROUP, turn, 0))) throw new Error('Expected a group that is removed');
  },
  read: async () => {
    await manyFamilies();
    await metrics.text();
  },
  begin: async () => {
    await manyFamilies();
    await begin();
  },
  beginSeries: async () => {
    const counter = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
    for (let type = 0; type < SERIES; type += 1) counter.inc({ type });
    await metrics.flush();
    await begin();
  },
  reset: async () => {
    const gauge = metrics.gauge({ name: 'depth', help: 'Depth', labelNames: ['type'] });
    for (let round = 0; round < 2; round += 1) {
      gauge.reset();
      for (let type = 0; type < SERIES; type += 1) gauge.set({ type }, type);
      await metrics.flush();
    }
  },
  restore: async () => {
    metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'], prefetch: true }).inc({ type: 0 });
    await metrics.flush();
    const [definition] = await store.series.definitions(GROUP);
    const values = Array.from({ length: SERIES }, (_, at) => ({ labels: `type="${at}"`, value: at + 1 }));
    if (!(await store.series.restore(GROUP, definition as ResolvedDefinition, values)))
      throw new Error('Expected it to wait');
  },
  buckets: async () => {
    const buckets = Array.from({ length: 20_000 }, (_, at) => at + 1);
    const seconds = metrics.histogram({ name: 'seconds', help: 'Seconds', buckets });
    for (let at = 0; at < 5; at += 1) {
      seconds.observe(at);
      await metrics.flush();
    }
  },
  crafted: async () => {
    const counter = metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['type'] });
    for (const type of valuesOfOneHash(9_000)) counter.inc({ type });
    await metrics.flush();
  },
};

/** Label values whose labels have the same last seven bits of their SHA-1. */
function* valuesOfOneHash(count: number): Generator<string> {
  for (let at = 0, found = 0; found < count; at += 1) {
    const hash = createHash('sha1').update(`type="${at}"`).digest();
    if (hash.readUInt32BE(0) % 128 !== 5) continue;
    found += 1;
    yield String(at);
  }
}

const act = scenarios[scenario];
if (!act) throw new RangeError(`Expected one of ${Object.keys(scenarios).join(', ')}, got "${scenario}"`);
await act();
await application.close();
await store.close();
report({});
