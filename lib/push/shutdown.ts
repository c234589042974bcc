import { setTimeout as wait } from 'node:timers/promises';
import type { UpdateBuffers } from '../buffer/index.js';
import { PackageLogger } from '../log/package-logger.js';
import type { Group } from '../model/index.js';
import type { Store } from '../store/index.js';
import type { AbandonedGroups } from './abandoned-groups.js';
import type { ProcessGroup } from './process-group.js';
import type { PushService } from './push.service.js';

/** The part of the deadline after which pushes are given up, so that their turns can still be given back. */
const PUSH_SHARE = 0.8;
const NO_TIME = 'there was no time left';
const NO_STORE = 'the store did not answer';
/** A store that does not answer within this time is away. */
const STORE_PATIENCE_MS = 1_000;

export interface ShutdownOptions {
  readonly jobs: readonly string[];
  readonly pushOnShutdown: boolean;
  readonly shutdownTimeoutMs: number;
}

/**
 * The end of an application: what is counted is stored and pushed, within a deadline; what remains undone is said once. It takes
 * time only where that can help: with counts that wait, and a store that was reached before.
 */
export class Shutdown {
  readonly #logger = new PackageLogger();
  #pushes: boolean;
  #deletes = true;
  #running: Promise<void> | undefined;
  #leaving: Promise<readonly Group[]> | undefined;
  #processEnds: Promise<void> | undefined;
  /** By job: what has not been done yet, or went wrong. */
  readonly #undone = new Map<string, string>();

  constructor(
    private readonly options: ShutdownOptions,
    private readonly buffers: UpdateBuffers,
    private readonly pushService: PushService,
    private readonly abandoned: Pick<AbandonedGroups, 'isPresent' | 'leave' | 'removeLeft'>,
    private readonly store: Pick<Store, 'address' | 'ping' | 'wasReached'>,
    /** Default: there is none. */
    private readonly processGroup?: Pick<ProcessGroup, 'hasBegun' | 'end'>,
  ) {
    this.#pushes = options.pushOnShutdown;
  }

  /** For a process that touches gateways on demand only, such as `push --dry-run`. */
  leaveGatewaysAlone(): void {
    this.#pushes = false;
    this.#deletes = false;
  }

  /** However often an application is closed, it ends once. */
  run(): Promise<void> {
    return (this.#running ??= this.#end());
  }

  async #end(): Promise<void> {
    const { shutdownTimeoutMs } = this.options;
    const end = Date.now() + shutdownTimeoutMs;
    const timeLeft = (share = 1): number => Math.max(end - Date.now() - (1 - share) * shutdownTimeoutMs, 0);

    const work = this.#finish(timeLeft);
    await Promise.race([work, wait(timeLeft(PUSH_SHARE), undefined, { ref: false })]);
    // Not awaited for longer than there is time: a frozen store answers nobody.
    await Promise.race([this.pushService.giveUp(), wait(timeLeft(), undefined, { ref: false })]);
    await Promise.race([work, wait(timeLeft(), undefined, { ref: false })]);
    // However far it has come: no sign of life outlives the application.
    void this.#leave();
    const left = await this.buffers.close(timeLeft());
    this.#tell(left);
  }

  /** @param left Series, by job, of which something is lost. */
  #tell(left: ReadonlyMap<string, number>): void {
    const { address, wasReached } = this.store;
    const undone = [...this.#undone].map(([job, what]) => `job "${job}" ${what}`);
    const why = wasReached
      ? `shutdownTimeoutMs: ${this.options.shutdownTimeoutMs}`
      : `${address} was never reached by this process`;
    if (left.size > 0) {
      const lost = [...left].map(([job, count]) => `what was counted in ${count} series of job "${job}" is lost`);
      this.#logger.error(`Ended with counts lost (${why}): ${[...lost, ...undone].join('; ')}`);
    } else if (undone.length > 0) {
      this.#logger.warn(`Ended with work undone (${why}): ${undone.join('; ')}`);
    }
  }

  /** Stores first, as long as that takes; what the store does not take cannot be pushed. */
  async #finish(timeLeft: (share?: number) => number): Promise<void> {
    const jobs = this.#pushes ? this.options.jobs : [];
    for (const job of jobs) this.#undone.set(job, `not pushed: ${NO_TIME}`);
    const left = await this.buffers.close(timeLeft(this.#pushes ? PUSH_SHARE : 1));
    for (const job of left.keys()) if (this.#undone.has(job)) this.#undone.set(job, `not pushed: ${NO_STORE}`);
    // Without the store none of the following steps can be done, and each would find that out slowly.
    const hasGroups = this.abandoned.isPresent || this.processGroup?.hasBegun === true;
    const needsStore = jobs.length > 0 || hasGroups || this.buffers.havePartsStored;
    if (needsStore && !(await this.#isStoreThere())) {
      void this.#leave();
      for (const job of jobs) this.#undone.set(job, `not pushed: ${NO_STORE}`);
      return;
    }
    // If the store fails now, they run out as those of a process that was killed.
    if (this.buffers.havePartsStored) await this.buffers.leave().catch(() => undefined);
    const last = await this.#leave();
    const isLast = (job: string): boolean => last.some((group) => group.job === job);
    await Promise.all([
      this.#processEnds,
      ...last.map((group) => this.#delete(group)),
      ...jobs.filter((job) => !isLast(job) && !left.has(job)).map((job) => this.#push(job)),
    ]);
  }

  #isStoreThere(): Promise<boolean> {
    const answer = this.store.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, wait(STORE_PATIENCE_MS, false, { ref: false })]);
  }

  /** Ends all signs of life. Gives the groups of which this is the last process, if they are to end with it. */
  #leave(): Promise<readonly Group[]> {
    this.#processEnds ??= this.processGroup?.end();
    return (this.#leaving ??= this.abandoned.leave().then(
      (last) => (this.#deletes ? last : []),
      () => [],
    ));
  }

  async #delete(group: Group): Promise<void> {
    this.#undone.set(group.job, `not deleted: ${NO_TIME}`);
    try {
      await this.abandoned.removeLeft(group);
      this.#undone.delete(group.job);
    } catch (error) {
      this.#undone.set(group.job, `not deleted: ${(error as Error).message}`);
    }
  }

  async #push(job: string): Promise<void> {
    const { outcome, reason = '' } = await this.pushService.push(job);
    if (outcome === 'failed') this.#undone.set(job, `not pushed: ${reason}`);
    else this.#undone.delete(job);
  }
}
