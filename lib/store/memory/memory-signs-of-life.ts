import type { Group } from '../../model/index.js';
import { groupId, groupOfId } from '../group-id.js';
import type { SignsOfLife } from '../signs-of-life.js';

export class MemorySignsOfLife implements SignsOfLife {
  /** When each group had its last sign of life. */
  readonly #groups = new Map<string, number>();
  /** By group, then by process. */
  readonly #processes = new Map<string, Map<string, number>>();

  beat(process: string, groups: readonly Group[]): Promise<void> {
    for (const id of groups.map(groupId)) {
      this.#groups.set(id, Date.now());
      this.#processes.set(id, (this.#processes.get(id) ?? new Map<string, number>()).set(process, Date.now()));
    }
    return Promise.resolve();
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    const silent = [...this.#groups].filter(([, at]) => at <= Date.now() - forMs);
    return Promise.resolve(silent.map(([id]) => groupOfId(id)));
  }

  leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    const left = groups.filter((group) => {
      const processes = this.#processes.get(groupId(group));
      processes?.delete(process);
      return ![...(processes?.values() ?? [])].some((at) => at >= Date.now() - withinMs);
    });
    return Promise.resolve(left);
  }

  strike(group: Group, forMs: number): Promise<void> {
    const at = this.#groups.get(groupId(group));
    if (at !== undefined && at <= Date.now() - forMs) this.#groups.delete(groupId(group));
    return Promise.resolve();
  }
}
