import type { Cluster, Redis } from 'ioredis';
import type { Group } from '../../lib/model/index.js';
import { groupKeys } from '../../lib/store/redis/connection/keys.js';

/** Data of a version whose format has this number. Format 1 had none. */
export async function writeFormat(client: Redis | Cluster, group: Group, format: string): Promise<void> {
  const [families] = groupKeys('test', group);
  await client.hset(families, 'orders_total', 'counter\n{}');
  if (format !== '1') await client.hset(families, '#format', format);
}
