import { PackageLogger } from '../log/package-logger.js';
import { type Group, groupingLabels } from '../model/index.js';
import type { SignsOfLife } from '../store/index.js';
import type { GroupRemover } from './group-remover.js';
import type { Presence, PresenceOptions } from './presence.js';
import { isOfProcess } from './process-label.js';

/** Removes groups that no living process counts for, as the signs of life in the store tell. */
export class AbandonedGroups {
  readonly #logger = new PackageLogger();
  /** Groups that could not be removed. The log has said so. */
  readonly #failing = new Set<string>();
  #sweeping: NodeJS.Timeout | undefined;
  #isSweeping = false;

  constructor(
    private readonly options: PresenceOptions,
    private readonly presence: Presence,
    private readonly signsOfLife: SignsOfLife,
    private readonly remover: GroupRemover,
    /** Which groups are looked after. Default: all but those of one process, whose signs of life may be further apart. */
    private readonly isOurs: (group: Group) => boolean = (group) => !isOfProcess(group),
  ) {}

  start(): void {
    const { staleGroupAfterMs, deleteOnShutdown } = this.options;
    if (staleGroupAfterMs === undefined && !deleteOnShutdown) return;
    void this.presence.begin();
    if (staleGroupAfterMs === undefined) return;
    const sweep = (): void => void this.#sweep(staleGroupAfterMs);
    this.#sweeping = setInterval(sweep, this.presence.beatMs).unref();
    sweep();
  }

  /** Whether the store is needed to {@link leave}. */
  get isPresent(): boolean {
    return this.presence.hasBegun;
  }

  /** Ends the signs of life. Gives the groups that are to be removed because no other process counts for them. */
  async leave(): Promise<readonly Group[]> {
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    const left = await this.presence.leave();
    return this.options.deleteOnShutdown ? left : [];
  }

  /** Removes a group whose last process has just left. */
  async removeLeft(group: Group): Promise<void> {
    if (await this.remover.remove(group, 0)) await this.signsOfLife.strike(group, 0);
    else throw new Error('a copy on another gateway is still being removed, or another process pushes it');
  }

  async #sweep(staleGroupAfterMs: number): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      await this.presence.given();
      // A store that was away has received no signs of life. Other processes get the time of three signs to send one.
      if (!this.presence.isCertain) return;
      const silent = (await this.signsOfLife.silentGroups(staleGroupAfterMs)).filter(this.isOurs);
      const names = new Set(silent.map(nameOf));
      for (const name of this.#failing) if (!names.has(name)) this.#failing.delete(name);
      for (const group of silent) {
        // The application ends: another process will do it.
        if (this.#sweeping === undefined) return;
        await this.#clear(group, staleGroupAfterMs);
      }
    } catch {
      // The store is away, as its buffers have logged.
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
