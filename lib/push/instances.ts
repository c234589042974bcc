import { randomUUID } from 'node:crypto';
import { PackageLogger } from '../log/package-logger.js';
import { type Group, groupingLabels } from '../model/index.js';
import type { SignsOfLife } from '../store/index.js';
import type { GroupRemover } from './group-remover.js';

/** A process gives a sign of life so often, or three times within `staleGroupAfterMs`. */
const BEAT_MS = 5_000;
const BEATS_A_LIFE = 3;

export interface InstancesOptions {
  readonly staleGroupAfterMs: number | undefined;
  readonly deleteOnShutdown: boolean;
}

/**
 * The processes that count for each group, as their signs of life in the store tell: who is left behind by all of them is
 * removed.
 */
export class Instances {
  readonly #process = randomUUID();
  readonly #logger = new PackageLogger();
  readonly #beatMs: number;
  /** Groups that could not be removed, which has been said. */
  readonly #failing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** The sign of life that is under way. */
  #beating: Promise<unknown> | undefined;
  /** Signs of life since the store last missed one. Who has just started takes the store at its word. */
  #heard = Infinity;
  #isSweeping = false;

  constructor(
    private readonly options: InstancesOptions,
    private readonly groups: readonly Group[],
    private readonly signsOfLife: SignsOfLife,
    private readonly remover: GroupRemover,
  ) {
    this.#beatMs = Math.ceil(Math.min(BEAT_MS, (options.staleGroupAfterMs ?? Infinity) / BEATS_A_LIFE));
  }

  start(): void {
    if (this.options.staleGroupAfterMs === undefined && !this.options.deleteOnShutdown) return;
    this.#timer = setInterval(() => {
      this.#beat();
    }, this.#beatMs).unref();
    this.#beat();
  }

  /** Ends the signs of life. Gives the groups that are to be removed because no other process counts for them. */
  async leave(): Promise<readonly Group[]> {
    if (this.#timer === undefined) return [];
    clearInterval(this.#timer);
    this.#timer = undefined;
    // A sign that is under way would call a group back to life.
    await this.#beating;
    const left = await this.signsOfLife.leave(this.#process, this.groups, this.#beatMs * BEATS_A_LIFE);
    return this.options.deleteOnShutdown ? left : [];
  }

  /** Removes a group whose last process has just left. */
  async removeLeft(group: Group): Promise<void> {
    if (await this.remover.remove(group, 0)) await this.signsOfLife.strike(group, 0);
    else throw new Error('a copy on another gateway is still being removed, or another process pushes it');
  }

  /** One at a time: a store that is slow must not be asked more and more. What is removed meanwhile delays no sign of life. */
  #beat(): void {
    this.#beating ??= this.signsOfLife
      .beat(this.#process, this.groups)
      .then(
        () => (this.#heard += 1),
        () => (this.#heard = 0),
      )
      .finally(() => (this.#beating = undefined));
    if (this.options.staleGroupAfterMs !== undefined) void this.#sweep(this.options.staleGroupAfterMs);
  }

  async #sweep(staleGroupAfterMs: number): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      await this.#beating;
      // A store that was away has heard nobody: the others get the time of three signs to be heard again.
      if (this.#heard <= BEATS_A_LIFE) return;
      const silent = await this.signsOfLife.silentGroups(staleGroupAfterMs);
      const names = new Set(silent.map(nameOf));
      for (const name of this.#failing) if (!names.has(name)) this.#failing.delete(name);
      for (const group of silent) {
        // The application ends: somebody else will do it.
        if (this.#timer === undefined) return;
        await this.#clear(group, staleGroupAfterMs);
      }
    } catch {
      // The store is away, which its buffers have said.
    } finally {
      this.#isSweeping = false;
    }
  }

  async #clear(group: Group, staleGroupAfterMs: number): Promise<void> {
    const name = nameOf(group);
    try {
      if (!(await this.remover.remove(group, staleGroupAfterMs))) return;
      await this.signsOfLife.strike(group, staleGroupAfterMs);
      this.#failing.delete(name);
      this.#logger.log(
        `Removed the group ${name}: no process of it has given a sign of life for ${staleGroupAfterMs} ms`,
      );
    } catch (error) {
      if (this.#failing.has(name)) return;
      this.#failing.add(name);
      this.#logger.warn(`Cannot remove the group ${name}, whose processes are gone: ${(error as Error).message}`);
    }
  }
}

function nameOf(group: Group): string {
  return groupingLabels(group)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ');
}
