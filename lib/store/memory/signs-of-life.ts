import { type Group, groupingLabels, groupOf } from '../../model/index.js';

const keyOf = (group: Group): string => JSON.stringify(groupingLabels(group));

/** Which groups have living processes, as the store in memory knows it. */
export class SignsOfLife {
  readonly #groups = new Map<string, number>();
  /** By group, then by process. */
  readonly #processes = new Map<string, Map<string, number>>();

  note(process: string, groups: readonly Group[]): void {
    for (const key of groups.map(keyOf)) {
      this.#groups.set(key, Date.now());
      this.#processes.set(key, (this.#processes.get(key) ?? new Map<string, number>()).set(process, Date.now()));
    }
  }

  silent(forMs: number): Group[] {
    const keys = [...this.#groups].filter(([, at]) => at <= Date.now() - forMs).map(([key]) => key);
    return keys.map((key) => groupOf(JSON.parse(key) as [string, string][]));
  }

  leave(process: string, groups: readonly Group[], withinMs: number): Group[] {
    return groups.filter((group) => {
      const processes = this.#processes.get(keyOf(group));
      processes?.delete(process);
      return ![...(processes?.values() ?? [])].some((at) => at >= Date.now() - withinMs);
    });
  }

  strike(group: Group, forMs: number): void {
    const at = this.#groups.get(keyOf(group));
    if (at !== undefined && at <= Date.now() - forMs) this.#groups.delete(keyOf(group));
  }
}
