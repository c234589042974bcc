import { setMaxListeners } from 'node:events';
import { isMainThread } from 'node:worker_threads';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { CronJob } from 'cron';
import { PackageLogger } from '../log/package-logger.js';
import type { PushResult } from '../model/index.js';
import type { AutoPushOptions } from '../options/index.js';
import type { PushService } from './push.service.js';

/**
 * Under this name the scheduled push stands in Nest's `SchedulerRegistry`, as a cron job or an interval. That of a module with a name has
 * it behind a colon: `prometheus-pushgateway:billing`.
 */
export const AUTO_PUSH_NAME = 'prometheus-pushgateway';

/**
 * Replicas tick a little apart. A push that is younger than this part of an interval belongs to the same tick. It is less
 * than the whole, so that a tick that comes early is not left out.
 */
const SAME_TICK = 0.75;

/** Pushes all jobs by interval or cron. Of several replicas, one pushes at a tick. */
export class AutoPush {
  readonly #logger = new PackageLogger();
  readonly #failing = new Set<string>();
  #hasToldFirst = false;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #end: (() => void) | undefined;

  constructor(
    private readonly options: AutoPushOptions,
    private readonly jobs: readonly string[],
    private readonly pushService: PushService,
    /** Default: none. Then nobody in this process can look the push up, and it runs all the same. */
    private readonly registry?: SchedulerRegistry,
    /** Done at each tick beside the pushes of jobs. Default: nothing. */
    private readonly alongside?: () => void,
    private readonly name = AUTO_PUSH_NAME,
  ) {
    // One listener per job that waits for its turn.
    setMaxListeners(Infinity, this.#stopping.signal);
  }

  /** Resolves when the schedule runs. The package `cron` is loaded for a cron expression only. */
  async start(): Promise<void> {
    if (this.options === false) return;
    if ('everyMs' in this.options) this.#startInterval(this.options.everyMs);
    else await this.#startCron(this.options.cron);
  }

  #startInterval(everyMs: number): void {
    const interval = setInterval(() => {
      this.#tick(everyMs);
    }, everyMs);
    this.#end = () => {
      clearInterval(interval);
    };
    this.registry?.addInterval(this.name, interval);
  }

  async #startCron(expression: string): Promise<void> {
    const { CronJob } = await import(/* webpackMode: "eager" */ 'cron');
    if (this.#stopping.signal.aborted) return;
    const job: CronJob = CronJob.from({
      cronTime: expression,
      onTick: (): void => {
        this.#tick(gapOf(job));
      },
    });
    this.#end = () => {
      void job.stop();
    };
    // Not started while it is made: a tick due just then would fire before there is a job to ask for its gap.
    this.registry?.addCronJob(this.name, job);
    job.start();
  }

  /** Begins no more pushes. Resolves when one that is under way has ended: its gateway and store are still needed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#end?.();
    if (this.registry?.doesExist('interval', this.name)) this.registry.deleteInterval(this.name);
    if (this.registry?.doesExist('cron', this.name)) this.registry.deleteCronJob(this.name);
    await Promise.all(this.#underWay.values());
  }

  /** A job whose push of an earlier tick is not over is left out. */
  #tick(gapMs: number): void {
    this.alongside?.();
    const options = { collects: true, notAgainWithinMs: gapMs * SAME_TICK, signal: this.#stopping.signal };
    const pushes: Promise<PushResult>[] = [];
    for (const job of this.jobs) {
      if (this.#underWay.has(job)) continue;
      const push = this.pushService.push(job, options);
      pushes.push(push);
      const logged = push.then((result) => {
        this.#underWay.delete(job);
        this.#log(result);
      });
      this.#underWay.set(job, logged);
    }
    if (!this.#hasToldFirst)
      void Promise.all(pushes).then((results) => {
        this.#tellFirst(results);
      });
  }

  /** One line when anything has been pushed for the first time: what goes where, and how often. */
  #tellFirst(results: readonly PushResult[]): void {
    const pushed = results.filter(({ outcome }) => outcome === 'pushed');
    const [first] = pushed;
    if (first === undefined || this.#hasToldFirst || this.#stopping.signal.aborted) return;
    this.#hasToldFirst = true;
    const what = pushed.map(({ job, series }) => `"${job}" (${series} series)`).join(', ');
    const where = [...new Set(pushed.flatMap(({ gateways }) => gateways))].join(', ');
    const jobs = pushed.length === 1 ? 'job' : 'jobs';
    this.#logger.log(
      `First push: ${jobs} ${what} of instance "${first.instance}" to ${where}, and again ${this.#howOften()}`,
    );
    // By now an application has started, with all that it does for its end.
    if (isMainThread && !isEndHandled()) {
      this.#logger.warn(
        'Nobody here handles SIGTERM: call app.enableShutdownHooks(), or what is counted last before it is lost',
      );
    }
  }

  #howOften(): string {
    if (this.options === false) return 'never';
    return 'cron' in this.options ? `at "${this.options.cron}"` : `every ${this.options.everyMs / 1_000} s`;
  }

  /** One line when a job begins to fail, one when it is well again. */
  #log({ job, outcome, reason, gateway }: PushResult): void {
    // The last push, as the application ends, logs what is undone.
    if (this.#stopping.signal.aborted) return;
    if (outcome === 'failed' && !this.#failing.has(job)) {
      this.#failing.add(job);
      this.#logger.warn(`Push of job "${job}" failed: ${reason ?? ''}`);
    } else if (outcome === 'pushed' && this.#failing.delete(job)) {
      this.#logger.log(`Push of job "${job}" to ${gateway} works again`);
    }
  }
}

/** PM2 asks for the end by SIGINT, everybody else by SIGTERM. */
function isEndHandled(): boolean {
  const isHandled = (signal: string): boolean => process.listenerCount(signal) > 0;
  return isHandled('SIGTERM') || (process.env['pm_id'] !== undefined && isHandled('SIGINT'));
}

/** Enough ticks to see an unevenness of an hour or a working day. */
const TICKS_AHEAD = 10;

/** The shortest time between ticks to come, in milliseconds: the one before may have been that near. */
function gapOf(job: CronJob): number {
  const times = job.nextDates(TICKS_AHEAD).map((date) => date.toMillis());
  return Math.min(...times.slice(1).map((time, at) => time - (times[at] as number)));
}
