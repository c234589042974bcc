import { optionsOfClient } from '../../../options/index.js';
import type { RedisClient } from './database.js';

/**
 * A script's reply as Redis sent it, bulk strings as buffers: a client with `stringNumbers` makes texts of integers, and of
 * nothing else.
 */
export function asSent(client: RedisClient, reply: unknown): unknown {
  return optionsOfClient(client).connection['stringNumbers'] ? withNumbers(reply) : reply;
}

function withNumbers(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(withNumbers);
  return typeof reply === 'string' && /^-?\d+$/.test(reply) ? Number(reply) : reply;
}
