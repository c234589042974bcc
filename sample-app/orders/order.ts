import { BadRequestException } from '@nestjs/common';

/** A fixed list: what becomes a label must not grow with what customers type. */
export const ORDER_TYPES = ['book', 'game', 'music'] as const;

export type OrderType = (typeof ORDER_TYPES)[number];

export interface NewOrder {
  type: OrderType;
  items: number;
}

export interface Order extends NewOrder {
  id: number;
  isPaid: boolean;
}

/** @throws BadRequestException that says what was expected. */
export function parseNewOrder(body: unknown): NewOrder {
  const { type, items = 1 } = (body ?? {}) as { type?: unknown; items?: unknown };
  if (!ORDER_TYPES.some((known) => known === type)) {
    throw new BadRequestException(`type: expected one of ${ORDER_TYPES.join(', ')}`);
  }
  if (!Number.isInteger(items) || (items as number) < 1 || (items as number) > 100) {
    throw new BadRequestException('items: expected a whole number from 1 to 100');
  }
  return { type: type as OrderType, items: items as number };
}
