import type { Group } from '../../model/index.js';
import type { Ledger, Ledgers } from '../ledger.js';
import { pairs } from './packing.js';
import type { RedisAccess } from './redis-access.js';
import { Script } from './script.js';

export class RedisLedgers implements Ledgers {
  readonly #ledger = new Script('ledger');

  constructor(private readonly redis: RedisAccess) {}

  async read(group: Group): Promise<Ledger> {
    const reply = await this.#run(group, 'read');
    return ledgerOf((reply as Buffer[]).map(String));
  }

  async noteHolder(group: Group, turn: string, gateway: string): Promise<boolean> {
    return ((await this.#run(group, 'hold', turn, gateway)) as number) >= 0;
  }

  async noteSilence(group: Group, turn: string, silentForMs: number | undefined): Promise<number | undefined> {
    const args = silentForMs === undefined ? ['heard', turn] : ['silent', turn, String(silentForMs)];
    const silentMs = (await this.#run(group, ...args)) as number;
    return silentMs < 0 ? undefined : silentMs;
  }

  async strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    await this.#run(group, 'strike', '', gateway, hold);
  }

  #run(group: Group, ...args: string[]): Promise<unknown> {
    return this.redis.run(this.#ledger, group, args);
  }
}

const COPY = 'copy:';

/** What ledger.lua answers to 'read'. */
function ledgerOf([now, pushedAt = '', ...reply]: readonly string[]): Ledger {
  const fields = new Map(pairs(reply));
  const silentSince = fields.get('silent');
  const heldSince = fields.get('since');
  const holds = Object.fromEntries(
    [...fields].filter(([field]) => field.startsWith(COPY)).map(([field, hold]) => [field.slice(COPY.length), hold]),
  );
  return {
    holder: fields.get('holder'),
    copies: Object.keys(holds),
    holds,
    heldForMs: heldSince === undefined ? undefined : Number(now) - Number(heldSince),
    silentSince: silentSince === undefined ? undefined : Number(silentSince),
    pushedAt: pushedAt === '' ? undefined : Number(pushedAt),
    now: Number(now),
  };
}
