import { measure } from 'mitata';
import type { Figures } from '../harness/row.js';

export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const ROUTES = Array.from({ length: 100 }, (_, at) => `/articles/${at}`);
const STATUSES = Array.from({ length: 10 }, (_, at) => String(200 + at));

export interface RouteLabels {
  readonly route: string;
  readonly status: string;
}

/** Ten statuses per route, in strings of their own as a request brings them. */
export function routeLabels(at: number): RouteLabels {
  return { route: `/articles/${Math.floor(at / 10)}`, status: String(200 + (at % 10)) };
}

/** Of 1,000 series. */
export const LABEL_SETS: readonly RouteLabels[] = Array.from({ length: 1_000 }, (_, at) => ({
  route: ROUTES[at % 100] as string,
  status: STATUSES[(at / 100) | 0] as string,
}));

/** Spread over all buckets, in no order that a processor could learn. */
const VALUES = Array.from({ length: 997 }, (_, at) => 0.003 * 1.3 ** ((at * 7919) % 31));

/** What is measured of a library, each the same event in its own words. */
export interface Verbs {
  inc(labels: RouteLabels): void;
  incKept(): void;
  incUnlabelled(): void;
  observe(labels: RouteLabels, value: number): void;
  observeKept(value: number): void;
}

/** Nanoseconds per call; labels of 1,000 series, in an object made for the call as one writes it. */
export async function measureVerbs(verbs: Verbs): Promise<Figures> {
  let at = 0;
  const labels = (): RouteLabels => {
    at = at === 999 ? 0 : at + 1;
    return { route: ROUTES[at % 100] as string, status: STATUSES[(at / 100) | 0] as string };
  };
  let next = 0;
  const value = (): number => {
    next = next === 996 ? 0 : next + 1;
    return VALUES[next] as number;
  };
  return {
    incKept: await nanoseconds(() => {
      verbs.incKept();
    }),
    incLabels: await nanoseconds(() => {
      verbs.inc(labels());
    }),
    incUnlabelled: await nanoseconds(() => {
      verbs.incUnlabelled();
    }),
    observeKept: await nanoseconds(() => {
      verbs.observeKept(value());
    }),
    observeLabels: await nanoseconds(() => {
      verbs.observe(labels(), value());
    }),
  };
}

/** The median of mitata's samples, each of them a batch of calls. */
async function nanoseconds(call: () => void): Promise<number> {
  const { p50 } = await measure(call, { min_cpu_time: 200e6, batch_samples: 16 * 1024 });
  return p50;
}
