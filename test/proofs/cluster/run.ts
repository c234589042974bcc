import { setTimeout as wait } from 'node:timers/promises';
import { waitFor } from '../../support/wait-for.js';
import { Cluster, JOBS } from './cluster.js';
import type { Fault, Chooser } from './faults/fault.js';
import { readSeries, storesStarts, valueOf } from './read-prometheus.js';
import type { Strategy } from './strategies.js';
import { firstValue, judge, requireAgreement, stepsBack, type Verdict, worst } from './verdict.js';

const COUNT_INTERVAL_MS = 500;
/** A false reset adds about the whole value: from here it shows. */
const FIRST_VALUE = 1_000;
const GROWTH = 2;
/** First events of a counter that begins after something has gone wrong: how many, and how long after. */
const LATE_VALUE = 7;
const LATE_MS = 500;
/** Servers and pushers that start all at once, on a machine that has other work. */
const FIRST_VALUE_DEADLINE_MS = 60_000;
/** How long Prometheus may need for the last value; then it is watched for as long as a stale copy needs to show. */
const LAST_VALUE_DEADLINE_MS = 10_000;
const SETTLE_MS = 2_500;

/** The worst that any Prometheus saw of any job. */
export interface RunVerdict extends Verdict {
  /** Whether the last value is right on each Prometheus. */
  readonly lastRight: readonly boolean[];
  /** Whether Prometheus can store a 0 where a series began (2.50 and later). */
  readonly storesStarts: boolean;
  /** Of what processes knew to be stored, so much is not; negative: stored more than was ever counted. */
  readonly lost: number;
  /** Each step back that was seen: by which Prometheus, of which job, and when since the first count. */
  readonly steps: readonly string[];
}

/** Runs one strategy through one fault. */
export async function run(
  strategy: Strategy,
  fault: Fault,
  seconds: number,
  choose: Chooser = () => 0,
): Promise<RunVerdict> {
  const cluster = await Cluster.start(strategy, fault.cluster);
  const begunAt = Date.now();
  try {
    cluster.pushers.count(FIRST_VALUE);
    await everywhere(cluster, [FIRST_VALUE, FIRST_VALUE, FIRST_VALUE, FIRST_VALUE], FIRST_VALUE_DEADLINE_MS);
    const counting = setInterval(() => {
      cluster.pushers.count(GROWTH);
    }, COUNT_INTERVAL_MS);
    try {
      await Promise.all([
        wait(seconds * 1_000),
        wait((seconds * 1_000) / 4).then(() => fault.strike(cluster, choose, seconds * 500)),
        wait((seconds * 1_000) / 4 + LATE_MS).then(() => {
          cluster.pushers.begin(LATE_VALUE);
        }),
      ]);
    } finally {
      clearInterval(counting);
    }
    const { pushers } = cluster;
    const values = await pushers.settle();
    await everywhere(cluster, values, LAST_VALUE_DEADLINE_MS).catch(() => undefined);
    await wait(SETTLE_MS);
    return { ...(await judgeAll(cluster, values, begunAt)), lost: lossIn(values, pushers) };
  } catch (error) {
    throw new Error(`${strategy.name}, ${fault.name}: ${(error as Error).message}\n${cluster.pushers.output()}`, {
      cause: error,
    });
  } finally {
    await cluster.stop();
  }
}

/** Waits until every Prometheus shows the values of all jobs. */
async function everywhere(cluster: Cluster, values: readonly number[], timeoutMs: number): Promise<void> {
  const isShown = async (): Promise<boolean> => {
    const shown = cluster.prometheus.flatMap((server) =>
      JOBS.map(async (job, at) => (await valueOf(server, selectorOf(job))) === values[at]),
    );
    return (await Promise.all(shown)).every(Boolean);
  };
  await waitFor(isShown, {
    message: `every Prometheus to show ${values.join(', ')}`,
    timeoutMs,
    intervalMs: 200,
  });
}

async function judgeAll(
  cluster: Cluster,
  values: readonly number[],
  sinceMs: number,
): Promise<Omit<RunVerdict, 'lost'>> {
  const steps: string[] = [];
  const perPrometheus = await Promise.all(
    cluster.prometheus.map(async (server, replica) => {
      const verdicts = JOBS.map(async (job, at) => {
        const [reading, late] = await Promise.all([
          readSeries(server, selectorOf(job), sinceMs),
          readSeries(server, selectorOf(job, 'refunds_total'), sinceMs),
        ]);
        if (!reading || !late) throw new Error(`${server.url} has nothing of ${job}`);
        requireAgreement(reading);
        for (const { time, from, to } of stepsBack(reading.samples)) {
          const atSeconds = (time - sinceMs / 1_000).toFixed(2);
          steps.push(`prometheus-${replica + 1} saw ${job} go from ${from} to ${to} after ${atSeconds} s`);
        }
        const verdict = judge(reading, values[at] as number);
        return { ...verdict, firstLost: Math.max(verdict.firstLost, firstValue(late.samples)) };
      });
      return worst(await Promise.all(verdicts));
    }),
  );
  const [first] = cluster.prometheus;
  return {
    ...worst(perPrometheus),
    storesStarts: first !== undefined && (await storesStarts(first)),
    lastRight: perPrometheus.map(({ isLastRight }) => isLastRight),
    steps,
  };
}

/** Between what was known to be stored and what was counted, a killed process leaves it open. */
function lossIn(values: readonly number[], { stored, counted }: { stored: number; counted: number }): number {
  const lost = Math.max(...values.map((value) => stored - value));
  return lost > 0 ? lost : Math.min(0, ...values.map((value) => counted - value));
}

/** With every strategy users query a counter by its own name. */
function selectorOf(job: string, name = 'orders_total'): string {
  return `${name}{job="${job}"}`;
}
