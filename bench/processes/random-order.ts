import type { Figures } from '../harness/row.js';
import { shuffled } from '../harness/shuffled.js';
import { median } from '../harness/statistics.js';
import { LABEL_SETS, type RouteLabels } from './nanoseconds.js';

/** The metrics of an application: a counter, a gauge and a histogram with labels `route` and `status`. */
export interface Metrics {
  readonly counter: { inc(labels: RouteLabels, value?: number): void; labels(labels: RouteLabels): { inc(): void } };
  readonly gauge: { set(labels: RouteLabels, value: number): void };
  readonly histogram: { observe(labels: RouteLabels, value: number): void };
}

const WARM_UPS = 100;
const SAMPLES = 500;
/** Of 8 bytes: more than the first two caches of a processor hold. */
const OTHER_WORK = new Float64Array(2 ** 20);
/** Numbers that a processor fetches together. */
const FETCHED_TOGETHER = 8;

/**
 * Nanoseconds per call on 1,000 series, each once and in random order, after other work has taken their place in the
 * processor's caches. All types are in use, and fractions too: what a tight loop over one of them gains is no part of it.
 * @param afterEach Ends what is counted for a while.
 */
export async function measureRandomOrder(
  { counter, gauge, histogram }: Metrics,
  afterEach: () => Promise<void> = () => Promise.resolve(),
): Promise<Figures> {
  const labels = shuffled(LABEL_SETS);
  const children = shuffled(LABEL_SETS.map((each) => counter.labels(each)));
  const incKept = (): void => {
    for (const child of children) child.inc();
  };
  const incLabels = (): void => {
    for (const each of labels) counter.inc(each);
  };
  for (let times = 0; times < WARM_UPS; times += 1) {
    for (const each of labels) {
      counter.inc(each, 0.5);
      gauge.set(each, 0.25);
      histogram.observe(each, 0.125);
    }
    incKept();
    incLabels();
    await afterEach();
  }
  return { incKept: nanosecondsOf(incKept), incLabels: nanosecondsOf(incLabels) };
}

function nanosecondsOf(callEach: () => void): number {
  return median(
    Array.from({ length: SAMPLES }, () => {
      for (let at = 0; at < OTHER_WORK.length; at += FETCHED_TOGETHER) OTHER_WORK[at] = (OTHER_WORK[at] as number) + 1;
      const begun = process.hrtime.bigint();
      callEach();
      return Number(process.hrtime.bigint() - begun) / LABEL_SETS.length;
    }),
  );
}
