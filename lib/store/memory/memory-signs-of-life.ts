import type { Group } from '../../model/index.js';
import { groupId, groupOfId } from '../group-id.js';
import type { SignOfLife, SignsOfLife } from '../signs-of-life.js';

export class MemorySignsOfLife implements SignsOfLife {
  /** When each watched group had its last sign of life. */
  readonly #groups = new Map<string, number>();
  /** By group, then by process. */
  readonly #processes = new Map<string, Map<string, number>>();
  /** By process. */
  readonly #gateways = new Map<string, readonly string[]>();

  beat({ process, groups, gateways, isWatched }: SignOfLife): Promise<void> {
    this.#gateways.set(process, gateways);
    for (const id of groups.map(groupId)) {
      if (isWatched || this.#groups.has(id)) this.#groups.set(id, Date.now());
      this.#processes.set(id, (this.#processes.get(id) ?? new Map<string, number>()).set(process, Date.now()));
    }
    return Promise.resolve();
  }

  gateways(withinMs: number, group?: Group): Promise<readonly string[]> {
    const ids = group ? [groupId(group)] : [...this.#processes.keys()];
    const processes = ids.flatMap((id) => [...(this.#processes.get(id) ?? [])]);
    const living = processes.filter(([, at]) => at >= Date.now() - withinMs);
    return Promise.resolve([...new Set(living.flatMap(([process]) => this.#gateways.get(process) ?? []))]);
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    const silent = [...this.#groups].filter(([, at]) => at <= Date.now() - forMs);
    return Promise.resolve(silent.map(([id]) => groupOfId(id)));
  }

  leave(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    this.#gateways.delete(process);
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
