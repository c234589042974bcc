import type { Group } from '../../../model/index.js';
import { groupId } from '../../group-id.js';
import type { ContestedFamily, DefinedShape, Shapes } from '../../shapes.js';
import type { RedisAccess } from '../connection/redis-access.js';
import { Script, type ScriptArgument } from '../connection/script.js';
import { familyField, familyName } from '../family-field.js';

export class RedisShapes implements Shapes {
  readonly #settle = new Script('settle', 'starts', 'series', 'shapes');

  constructor(private readonly redis: RedisAccess) {}

  contested(group: Group): Promise<readonly ContestedFamily[]> {
    return this.#run(group, ['', Date.now()]);
  }

  settle(group: Group, silentMs: number, defined: readonly DefinedShape[]): Promise<readonly ContestedFamily[]> {
    return this.#run(group, [
      silentMs,
      Date.now(),
      ...defined.flatMap(({ family, shape }) => [familyField(family), shape]),
    ]);
  }

  async #run(group: Group, args: readonly ScriptArgument[]): Promise<readonly ContestedFamily[]> {
    const reply = await this.redis.run(this.#settle, group, args, `shapes of ${groupId(group)}`);
    return contestedOf(reply as Buffer[]);
  }
}

/** What shapes.lua says. */
export function contestedOf(reply: readonly Buffer[]): readonly ContestedFamily[] {
  const parts = reply.map(String).values();
  const next = (): string => parts.next().value ?? '';
  const contested: ContestedFamily[] = [];
  for (let family = next(); family !== ''; family = next()) {
    const shown = next();
    const waiting = Array.from({ length: Number(next()) }, () => ({ shape: next(), wasReplaced: next() === '1' }));
    contested.push({ family: familyName(family), shown, waiting });
  }
  return contested;
}
