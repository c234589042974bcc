import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { UpdateBuffers } from '../buffer/index.js';
import type { Group } from '../model/index.js';
import type { Instances } from './instances.js';
import type { PushService } from './push.service.js';

/** The part of the deadline after which pushes are given up, so that their turns can still be given back. */
const PUSH_SHARE = 0.8;

export interface ShutdownOptions {
  readonly jobs: readonly string[];
  readonly pushOnShutdown: boolean;
  readonly shutdownTimeoutMs: number;
}

/** The end of an application: what is counted is stored and pushed, within a deadline; what remains undone is said once. */
export class Shutdown {
  readonly #logger = new Logger('PrometheusPushgateway');
  #pushes: boolean;
  #deletes = true;

  constructor(
    private readonly options: ShutdownOptions,
    private readonly buffers: UpdateBuffers,
    private readonly pushService: PushService,
    private readonly instances: Pick<Instances, 'leave' | 'removeLeft'>,
  ) {
    this.#pushes = options.pushOnShutdown;
  }

  /** For a process that touches gateways on demand only, such as a command that prints what a push would bring. */
  leaveGatewaysAlone(): void {
    this.#pushes = false;
    this.#deletes = false;
  }

  async run(): Promise<void> {
    const { shutdownTimeoutMs } = this.options;
    const end = Date.now() + shutdownTimeoutMs;
    const timeLeft = (share = 1): number => Math.max(end - Date.now() - (1 - share) * shutdownTimeoutMs, 0);

    const pushes = this.#push(timeLeft);
    await Promise.race([pushes, wait(timeLeft(PUSH_SHARE), undefined, { ref: false })]);
    // Not awaited for longer than there is time: a frozen store answers nobody.
    await Promise.race([this.pushService.giveUp(), wait(timeLeft(), undefined, { ref: false })]);
    const failures = await Promise.race([pushes, wait(timeLeft(), this.#unfinished(), { ref: false })]);
    const left = await this.buffers.close(timeLeft());
    const undone = [
      ...failures,
      ...[...left].map(([job, count]) => `${count} changed series of job "${job}" not stored`),
    ];
    if (undone.length > 0) {
      this.#logger.warn(`Ended with work undone (shutdownTimeoutMs: ${shutdownTimeoutMs}): ${undone.join('; ')}`);
    }
  }

  /** Stores first, as long as that takes; what the store does not take cannot be pushed. Gives what went wrong. */
  async #push(timeLeft: (share?: number) => number): Promise<string[]> {
    const left = await this.buffers.close(timeLeft(this.#pushes ? PUSH_SHARE : 1));
    const last = await this.#leave();
    const deletions = Promise.all(last.map((group) => this.#delete(group)));
    const jobs = this.#pushes ? this.options.jobs.filter((job) => last.every((group) => group.job !== job)) : [];
    const results = await Promise.all(jobs.filter((job) => !left.has(job)).map((job) => this.pushService.push(job)));
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    return [
      ...failed.map(({ job, reason }) => `job "${job}" not pushed: ${reason ?? ''}`),
      ...(await deletions).flat(),
      ...jobs.filter((job) => left.has(job)).map((job) => `job "${job}" not pushed: the store did not answer`),
    ];
  }

  /** The groups that this process is the last of, and that are to end with it. */
  async #leave(): Promise<readonly Group[]> {
    const last = await this.instances.leave().catch(() => []);
    return this.#deletes ? last : [];
  }

  async #delete(group: Group): Promise<string[]> {
    try {
      await this.instances.removeLeft(group);
      return [];
    } catch (error) {
      return [`job "${group.job}" not deleted: ${(error as Error).message}`];
    }
  }

  #unfinished(): string[] {
    return this.#pushes ? [`not pushed: ${this.options.jobs.map((job) => `job "${job}"`).join(', ')}`] : [];
  }
}
