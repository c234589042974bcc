import { setTimeout as wait } from 'node:timers/promises';
import type { RunningServer } from '../support/servers.js';
import { type Cluster, startCluster } from './cluster.js';
import type { Fault } from './faults.js';
import type { Pusher, Strategy } from './strategies.js';
import { judge, type TimedSample, type Verdict, worst } from './verdict.js';

const PUSH_INTERVAL_MS = 1_000;
/** Several groups, since a balancer may put them on different gateways. */
const JOBS = ['cluster-1', 'cluster-2', 'cluster-3', 'cluster-4'];
/** A false reset adds about the whole value: from here it shows. */
const FIRST_VALUE = 1_000;
const GROWTH_PER_PUSH = 3;
const SETTLE_MS = 3_000;

interface MatrixAnswer {
  data: { result: { values: [number, string][] }[] };
}

/** Runs one strategy through one fault and gives the worst that any Prometheus saw of any series. */
export async function run(strategy: Strategy, fault: Fault, seconds: number): Promise<Verdict> {
  const cluster = await startCluster({ persistent: fault.persistent ?? false });
  let pusher: Pusher | undefined;
  try {
    pusher = await strategy.start({
      gateways: cluster.gateways.map(({ address }) => address),
      prometheus: cluster.prometheus[0]?.address ?? '',
      jobs: JOBS,
    });
    const end = Date.now() + seconds * 1_000;
    const [last] = await Promise.all([
      pushUntil(pusher, end),
      wait((seconds * 1_000) / 4).then(() => fault.strike(cluster, JOBS[0] as string)),
    ]);
    await wait(SETTLE_MS);
    return await judgeAll(cluster, last);
  } finally {
    await pusher?.stop();
    await cluster.stop();
  }
}

/** Pushes every second, as a process would: a push that fails is not repeated, the next one brings the newer value. */
async function pushUntil(pusher: Pusher, end: number): Promise<number> {
  let value = FIRST_VALUE;
  for (;;) {
    const pushes = JOBS.map((job) => pusher.push(job, value).catch(() => undefined));
    await Promise.all([...pushes, wait(PUSH_INTERVAL_MS)]);
    if (Date.now() >= end) return value;
    value += GROWTH_PER_PUSH;
  }
}

async function judgeAll({ prometheus }: Cluster, last: number): Promise<Verdict> {
  const verdicts = await Promise.all(
    prometheus.flatMap((server) => JOBS.map(async (job) => judge(await samplesOf(server, job), last))),
  );
  return worst(verdicts);
}

async function samplesOf(server: RunningServer, job: string): Promise<TimedSample[]> {
  const query = new URLSearchParams({ query: `orders_total{job="${job}"}[10m]` });
  const response = await fetch(`${server.url}/api/v1/query?${query.toString()}`);
  const answer = (await response.json()) as MatrixAnswer;
  return answer.data.result.flatMap(({ values }) => values.map(([time, value]) => ({ time, value: Number(value) })));
}
