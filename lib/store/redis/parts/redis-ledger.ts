import type { Group } from '../../../model/index.js';
import type { Ledger, Ledgers } from '../../ledger.js';
import { pairs } from './pairs.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script } from '../connection/script.js';

export class RedisLedgers implements Ledgers {
  readonly #ledger = new Script('ledger', 'pushing');

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

  async noteCopies(group: Group, turn: string, gateways: readonly string[]): Promise<boolean> {
    return ((await this.#run(group, 'copies', turn, ...gateways)) as number) >= 0;
  }

  async noteAbsent(group: Group, turn: string): Promise<boolean> {
    return ((await this.#run(group, 'absent', turn)) as number) >= 0;
  }

  async noteUnreachable(group: Group, gateway: string, isUnreachable: boolean): Promise<number> {
    return (await this.#run(group, isUnreachable ? 'unreachable' : 'reachable', '', gateway)) as number;
  }

  async strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    await this.#run(group, 'strike', '', gateway, hold);
  }

  async forgetCopy(group: Group, gateway: string, hold: string): Promise<void> {
    await this.#run(group, 'forget', '', gateway, hold);
  }

  #run(group: Group, ...args: string[]): Promise<unknown> {
    return this.redis.run(this.#ledger, group, args);
  }
}

/** What pushing.lua says of a ledger. */
export function ledgerOf([now, pushedAt = '', ...reply]: readonly string[]): Ledger {
  const fields = new Map(pairs(reply));
  const silentSince = fields.get('silent');
  const heldSince = fields.get('since');
  const absentAt = fields.get('absent');
  const byGateway = (prefix: string): [gateway: string, value: string][] =>
    [...fields]
      .filter(([field]) => field.startsWith(prefix))
      .map(([field, text]) => [field.slice(prefix.length), text]);
  const times = (prefix: string): Record<string, number> =>
    Object.fromEntries(byGateway(prefix).map(([gateway, time]) => [gateway, Number(time)]));
  const holds = Object.fromEntries(byGateway('copy:'));
  return {
    holder: fields.get('holder'),
    copies: Object.keys(holds),
    holds,
    heldForMs: heldSince === undefined ? undefined : Number(now) - Number(heldSince),
    unreachableSince: times('unreachable:'),
    forgottenAt: times('forgotten:'),
    absentAt: absentAt === undefined ? undefined : Number(absentAt),
    silentSince: silentSince === undefined ? undefined : Number(silentSince),
    pushedAt: pushedAt === '' ? undefined : Number(pushedAt),
    now: Number(now),
  };
}
