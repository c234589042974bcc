import type { Group } from '../../model/index.js';
import type { Removal } from '../removal.js';
import { forgetExemplars } from './series-exemplars.js';
import { forgetStart } from './series-starts.js';
import { type GroupStates, isTurnOf, partsOfSeriesId } from './group-states.js';

export class MemoryRemoval implements Removal {
  constructor(
    private readonly groups: GroupStates,
    private readonly seriesTtlMs: number | undefined,
  ) {}

  async isQuiet(group: Group, turn: string, forMs: number): Promise<boolean> {
    const state = await this.groups.of(group);
    return Math.max(state.pushedAt, state.lastBatchAt) <= Date.now() - forMs && isTurnOf(state, turn);
  }

  async removeGroup(group: Group, turn: string, forMs: number): Promise<boolean> {
    const isQuiet = await this.isQuiet(group, turn, forMs);
    if (isQuiet) this.groups.delete(group);
    return isQuiet;
  }

  async expireSeries(group: Group): Promise<boolean> {
    if (this.seriesTtlMs === undefined) return false;
    const state = await this.groups.of(group);
    const { families, changed } = state;
    for (const [id, at] of changed) {
      if (at > Date.now() - this.seriesTtlMs) continue;
      const [family, labels] = partsOfSeriesId(id);
      const series = families.get(family);
      series?.delete(labels);
      if (series) {
        forgetStart(state.starts, series, labels);
        forgetExemplars(state.exemplars, series, labels);
      }
      changed.delete(id);
    }
    return true;
  }
}
