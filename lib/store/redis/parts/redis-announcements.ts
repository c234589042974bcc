import type { Group } from '../../../model/index.js';
import type { Announcements } from '../../announcements.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';

export class RedisAnnouncements implements Announcements {
  readonly #announce = new Script('announce', 'pushing');

  constructor(private readonly redis: RedisAccess) {}

  async release(group: Group, shownForMs: number): Promise<void> {
    await this.redis.run(this.#announce, group, ['release', shownForMs]);
  }

  async noteShown(group: Group, takenAt: number): Promise<void> {
    await this.redis.run(this.#announce, group, ['shown', takenAt]);
  }
}
