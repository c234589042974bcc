import type { Group } from '../../model/index.js';
import type { Announcements } from '../announcements.js';
import type { GroupStates } from './group-states.js';

export class MemoryAnnouncements implements Announcements {
  constructor(private readonly groups: GroupStates) {}

  /** A push shows what was made before it took its turn. */
  async release(group: Group, shownForMs: number): Promise<void> {
    const state = await this.groups.of(group);
    const now = Date.now();
    const latest = state.shown.findLast(({ endedAt }) => endedAt <= now - shownForMs);
    const before = shownForMs === 0 ? Infinity : (latest?.takenAt ?? -Infinity);
    for (const [id, madeAt] of state.announced) if (madeAt < before) state.announced.delete(id);
    state.shown = state.announced.size === 0 ? [] : state.shown.filter(({ takenAt }) => takenAt >= before);
  }

  async noteShown(group: Group, takenAt: number): Promise<void> {
    const { announced, shown } = await this.groups.of(group);
    if (announced.size > 0) shown.push({ takenAt, endedAt: Date.now() });
  }
}
