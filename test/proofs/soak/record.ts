import type { FaultSpan } from './faults.js';
import { draw, type Panel } from './picture.js';
import type { Replica } from './replicas.js';
import { ask, FAILOVER_AFTER_MS, redisMemory, type Stage } from './stage.js';
import { type Point, type Trend, trendOf } from './verdict.js';

const MEBIBYTE = 1024 ** 2;
const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
const whole = (value: number): string => value.toFixed(0);
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

/**
 * A scrape that waits at a frozen gateway is answered when it thaws, beside the DELETE that waits there too: if the scrape is
 * first, it shows the old values. Within this time Prometheus has that answer, and we have asked Prometheus.
 */
const THAW_SECONDS = 3;

/** Of steps back that are counted as they come. */
const LOOK_BACK = '2h';

/** What is measured once a second. */
const QUANTITIES = {
  heap: { title: 'Heap after garbage collection, replica a', write: mebibytes, tolerated: MEBIBYTE },
  rss: { title: 'Resident memory, replica a', write: mebibytes },
  handles: { title: 'Active handles, replica a', write: whole, tolerated: 3 },
  redis: { title: 'Redis used_memory', write: mebibytes, tolerated: MEBIBYTE / 4 },
  loop: { title: 'Event loop delay p99, replica a', write: milliseconds },
  lag: { title: 'Events counted that Prometheus does not show yet', write: whole },
  resets: { title: 'Steps back that Prometheus saw', write: whole },
} as const;

type Quantity = keyof typeof QUANTITIES;

export interface StepsBack {
  readonly text: string;
  /** What stickiness cannot mend, see docs/sticky-protocol.md. */
  readonly isAtThaw: boolean;
}

/** All that was measured, second by second. */
export class Record {
  readonly faults: FaultSpan[] = [];
  readonly #begun = Date.now();
  readonly #points: Readonly<globalThis.Record<Quantity, Point[]>> = {
    heap: [],
    rss: [],
    handles: [],
    redis: [],
    loop: [],
    lag: [],
    resets: [],
  };

  /** @param elder The replica that lives through the whole run: memory is measured there. */
  async take(stage: Stage, elder: Replica, replicas: readonly Replica[]): Promise<void> {
    const counted = replicas.reduce((sum, replica) => sum + replica.counted, 0);
    const [memory, shown, resets] = await Promise.all([
      redisMemory(stage),
      ask(stage, 'sum(soak_orders_total)').catch(() => undefined),
      ask(stage, `sum(resets(soak_orders_total[${LOOK_BACK}]))`).catch(() => undefined),
    ]);
    this.#add('redis', memory);
    this.#add('resets', resets);
    this.#add('lag', shown === undefined ? undefined : Math.max(0, counted - shown));
    const sample = elder.samples.at(-1);
    this.#add('heap', sample?.heapBytes);
    this.#add('rss', sample?.rssBytes);
    this.#add('handles', sample?.handles);
    this.#add('loop', sample?.loopP99Ms);
  }

  noteFault(name: string, begunAt: number): void {
    this.faults.push({ name, from: this.#second(begunAt), to: this.#second(Date.now()) });
  }

  /** Each time that Prometheus saw steps back, with the fault before. */
  stepsBack(): StepsBack[] {
    const { resets } = this.#points;
    return resets.flatMap(({ second, value }, at) => {
      const before = resets[at - 1]?.value ?? 0;
      if (value <= before) return [];
      const fault = this.faults.findLast(({ from }) => from <= second);
      const after = fault && `${fault.name} from ${fault.from.toFixed(1)} s to ${fault.to.toFixed(1)} s`;
      const text = `${value - before} steps back at ${second.toFixed(1)} s, after ${after ?? 'no fault'}`;
      return [{ text, isAtThaw: fault !== undefined && isThaw(fault, second) }];
    });
  }

  /** The quantities that must not grow. */
  trends(): Map<Quantity, Trend> {
    const trends = new Map<Quantity, Trend>();
    for (const name of quantities()) {
      const quantity = QUANTITIES[name];
      if ('tolerated' in quantity) trends.set(name, trendOf(this.#points[name], quantity.tolerated));
    }
    return trends;
  }

  /** A line a quantity: title, mean and highest of the whole run, rise over the second half, verdict. */
  table(): string {
    const trends = this.trends();
    const rows = quantities().map((name) => {
      const { title, write } = QUANTITIES[name];
      const values = this.#points[name].map(({ value }) => value);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const trend = trends.get(name);
      const rise = trend === undefined ? '' : `${trend.rise < 0 ? '-' : '+'}${write(Math.abs(trend.rise))}`;
      const verdict = trend === undefined ? '' : trend.isFlat ? 'flat' : 'GROWING';
      return [title, write(mean), write(Math.max(...values)), rise, verdict];
    });
    return [['', 'mean', 'highest', 'rise, 2nd half', ''], ...rows]
      .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(50) : cell.padStart(15))).join(''))
      .join('\n');
  }

  picture(title: string): string {
    const trends = this.trends();
    const panels = quantities().map((name): Panel => {
      const trend = trends.get(name);
      return { ...QUANTITIES[name], points: this.#points[name], ...(trend && { trend: trend.line }) };
    });
    return draw(title, panels, this.faults);
  }

  #add(name: Quantity, value: number | undefined): void {
    if (value !== undefined) this.#points[name].push({ second: this.#second(Date.now()), value });
  }

  #second(time: number): number {
    return (time - this.#begun) / 1_000;
  }
}

/** Whether a group had time to leave the gateway, and the gateway thawed just now. */
function isThaw({ name, from, to }: FaultSpan, second: number): boolean {
  return name === 'gateway frozen' && to - from >= FAILOVER_AFTER_MS / 1_000 && second - to < THAW_SECONDS;
}

function quantities(): Quantity[] {
  return Object.keys(QUANTITIES) as Quantity[];
}
