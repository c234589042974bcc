import { BadRequestException } from '@nestjs/common';
import { ACTS, type Wish } from './stage-messages.js';

/** @throws BadRequestException that says what was expected. */
export function parseWish(body: unknown): Wish {
  const { act, gateway, come } = (body ?? {}) as Record<string, unknown>;
  if (act === 'customers') {
    if (typeof come !== 'boolean') throw new BadRequestException('come: expected true or false');
    return { act, come };
  }
  const known = ACTS.find((each) => each === act);
  if (!known) throw new BadRequestException(`act: expected one of ${[...ACTS, 'customers'].join(', ')}`);
  if (typeof gateway !== 'string') throw new BadRequestException('gateway: expected its URL');
  return { act: known, gateway };
}
