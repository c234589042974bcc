import { type OrderType, ORDER_TYPES } from '../orders/order.js';

/** What happened in the shop, counted by hand: the library has no part in it. */
export interface Tally {
  requests: number;
  readonly orders: Record<OrderType, number>;
  items: number;
  payments: number;
  refunds: number;
  /** Orders not yet taken by the warehouse. */
  waiting: number;
}

/** What one request or one answer adds. */
export type Happening = Partial<Omit<Tally, 'orders'>> & { readonly type?: OrderType };

export function emptyTally(): Tally {
  const orders = Object.fromEntries(ORDER_TYPES.map((type) => [type, 0])) as Record<OrderType, number>;
  return { requests: 0, orders, items: 0, payments: 0, refunds: 0, waiting: 0 };
}

export function addTo(tally: Tally, { type, ...counts }: Happening): void {
  if (type !== undefined) tally.orders[type] += 1;
  for (const [name, count] of Object.entries(counts)) tally[name as keyof typeof counts] += count;
}
