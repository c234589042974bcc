import type { Group } from '../../model/index.js';
import type { Announcements } from '../announcements.js';
import type { RedisAccess } from './redis-access.js';
import { Script } from './script.js';

export class RedisAnnouncements implements Announcements {
  readonly #announce = new Script('announce');

  constructor(private readonly redis: RedisAccess) {}

  async releaseAnnounced(group: Group, shownForMs: number): Promise<void> {
    const { new: made, shown } = this.redis.keys(group);
    await this.redis.run(this.#announce, [made, shown], ['release', shownForMs]);
  }

  async noteShown(group: Group, takenAt: number): Promise<void> {
    const { new: made, shown } = this.redis.keys(group);
    await this.redis.run(this.#announce, [made, shown], ['shown', takenAt]);
  }
}
