import type { Group } from '../../model/index.js';
import type { Removal } from '../removal.js';
import type { GroupStates } from './group-states.js';
import { isTurnOf } from './memory-turns.js';

export class MemoryRemoval implements Removal {
  constructor(
    private readonly groups: GroupStates,
    private readonly seriesTtlMs: number | undefined,
  ) {}

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    const state = this.groups.of(group);
    const isQuiet = Math.max(state.pushedAt, state.lastBatchAt) <= Date.now() - forMs;
    return Promise.resolve(isQuiet && isTurnOf(state, token));
  }

  async removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    const isQuiet = await this.isQuiet(group, token, forMs);
    if (isQuiet) this.groups.delete(group);
    return isQuiet;
  }

  expireSeries(group: Group): Promise<boolean> {
    if (this.seriesTtlMs === undefined) return Promise.resolve(false);
    const { families, touched } = this.groups.of(group);
    for (const [id, at] of touched) {
      if (at > Date.now() - this.seriesTtlMs) continue;
      const [family, labels] = id.split('\n') as [string, string];
      families.get(family)?.delete(labels);
      touched.delete(id);
    }
    return Promise.resolve(true);
  }
}
