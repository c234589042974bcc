import { BadRequestException } from '@nestjs/common';

/** A fixed list: what becomes a label must not grow with what customers type. */
export const ORDER_TYPES = ['book', 'game', 'music'] as const;

export type OrderType = (typeof ORDER_TYPES)[number];

export const COUNTRIES = ['de', 'fr', 'pl'] as const;

export type Country = (typeof COUNTRIES)[number];

export interface NewOrder {
  type: OrderType;
  country: Country;
  items: number;
}

export interface Order extends NewOrder {
  id: number;
  isPaid: boolean;
  isRefunded: boolean;
}

/** @throws BadRequestException that says what was expected. */
export function parseNewOrder(body: unknown): NewOrder {
  const { type, country = COUNTRIES[0], items = 1 } = (body ?? {}) as Record<keyof NewOrder, unknown>;
  const knownType = ORDER_TYPES.find((each) => each === type);
  if (!knownType) throw new BadRequestException(`type: expected one of ${ORDER_TYPES.join(', ')}`);
  const knownCountry = COUNTRIES.find((each) => each === country);
  if (!knownCountry) throw new BadRequestException(`country: expected one of ${COUNTRIES.join(', ')}`);
  if (!Number.isInteger(items) || (items as number) < 1 || (items as number) > 100) {
    throw new BadRequestException('items: expected a whole number from 1 to 100');
  }
  return { type: knownType, country: knownCountry, items: items as number };
}
