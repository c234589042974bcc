import { randomUUID } from 'node:crypto';
import { RedisStore } from '../../lib/store/redis/redis.store.js';
import type { Group, HistogramValue, SeriesValue, SummaryValue } from '../../lib/model/index.js';
import type {
  PrometheusPushgatewayModuleOptions,
  PushgatewayOptions,
  RedisConnection,
} from '../../lib/options/index.js';
import { Writer } from '../support/start-writer.js';
import type { Tally, WriterPlan } from '../support/writer-messages.js';

/** Nothing is pushed: these tests end at Redis. */
const NOBODY = '127.0.0.1:1';

const PLAN: WriterPlan = { increments: Number.MAX_SAFE_INTEGER, burst: 50, pauseMs: 2, series: 40 };

/** Counting processes that share a job of their own, and what they have stored. */
export class Writers {
  readonly job = `job-${randomUUID()}`;
  readonly #writers: Writer[] = [];

  /** Starts one more process. */
  async start(
    redis: RedisConnection,
    plan: Partial<WriterPlan> = {},
    more: Omit<PushgatewayOptions, 'redis'> = {},
  ): Promise<Writer> {
    const options: PrometheusPushgatewayModuleOptions = {
      prometheus: { host: NOBODY, instance: 'test', jobs: [this.job] },
      pushgateway: { host: NOBODY, redis, flushIntervalMs: 20, ...more },
      autoPush: false,
    };
    const writer = await Writer.start(options, { ...PLAN, ...plan });
    this.#writers.push(writer);
    return writer;
  }

  /** What Redis holds for the job. */
  async stored(redis: RedisConnection): Promise<Omit<Tally, 'made'>> {
    const store = new RedisStore(redis, 'prometheus_pushgateway');
    try {
      return await readTally(store, { job: this.job, instance: 'test', labels: {} });
    } finally {
      await store.close();
    }
  }

  /** Kills what a failed test has left. */
  async kill(): Promise<void> {
    for (const writer of this.#writers) writer.kill();
    await Promise.all(this.#writers.splice(0).map(({ ended }) => ended));
  }
}

export function withoutMade({ made: _, ...tally }: Tally): Omit<Tally, 'made'> {
  return tally;
}

async function readTally(store: RedisStore, group: Group): Promise<Omit<Tally, 'made'>> {
  const families = new Map<string, [labels: string, value: SeriesValue][]>();
  for (const definition of await store.series.definitions(group)) {
    const series: [string, SeriesValue][] = [];
    for await (const chunk of store.series.read(group, definition)) {
      series.push(...chunk.map(({ labels, value }): [string, SeriesValue] => [labels, value]));
    }
    families.set(definition.name, series);
  }
  const of = (name: string) => families.get(name) ?? [];
  const events: number[] = [];
  for (const [labels, value] of of('events_total')) events[Number(/"(\d+)"/.exec(labels)?.[1])] = value as number;
  const sizes = of('sizes').map(([, value]) => value as HistogramValue);
  const spans = of('spans').map(([, value]) => value as SummaryValue);
  return {
    // A series that has never been counted is not stored, which is 0.
    events: Array.from(events, (count: number | undefined) => count ?? 0),
    level: sum(of('level').map(([, value]) => value as number)),
    sizes: [0, 1, 2, 3].map((at) => sum(sizes.map(({ counts }) => counts[at] as number))) as Tally['sizes'],
    sizesSum: sum(sizes.map((value) => value.sum)),
    spans: sum(spans.map(({ count }) => count)),
    spansSum: sum(spans.map((value) => value.sum)),
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
