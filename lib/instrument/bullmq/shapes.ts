/**
 * What is needed of BullMQ 5 and 6, and of `@nestjs/bullmq`. Their classes are those that the application has loaded: nothing of
 * them is loaded here.
 */

/** Tests tell of jobs that have less than this. */
export interface BullJob {
  readonly name?: string | number;
  /** When it was added. All moments are Unix times in milliseconds. */
  readonly timestamp?: number;
  readonly opts?: { readonly delay?: number };
  /** When the latest attempt began. */
  readonly processedOn?: number;
  /** When it completed or failed for good; none while it is to be tried again. */
  readonly finishedOn?: number | null;
  /** How often it was begun. */
  readonly attemptsStarted?: number;
}

export interface BullWorker {
  /** Of its queue. */
  readonly name: string;
  /** Since it is being closed. */
  readonly closing?: Promise<unknown>;
  /** Resolves when its jobs have ended; however often it is called, it closes once. */
  close(): Promise<unknown>;
}

/** The class `Worker` of BullMQ, or one derived from it. */
export interface WorkerClass {
  readonly prototype: object;
}

export interface BullQueue {
  readonly name: string;
  /** The name with its prefix, which is where it lies in Redis. */
  readonly qualifiedName: string;
  readonly opts: { readonly connection?: unknown };
  readonly closing?: Promise<unknown>;
  getJobCounts(): Promise<Readonly<Record<string, number>>>;
}

/** Prototypes of a value, the nearest first. Nothing of the value itself is looked at: reading may do something. */
export function* prototypesOf(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return;
  for (
    let prototype = Object.getPrototypeOf(value) as object | null;
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    yield prototype;
  }
}
