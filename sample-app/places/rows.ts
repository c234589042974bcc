import { PAYMENTS_JOB, SHOP_JOB } from '../environment.js';
import { ORDER_TYPES } from '../orders/order.js';
import type { Sample } from './parse-samples.js';
import type { Tally } from './tally.js';

/** One line of the table: some series, added up. */
export interface Row {
  readonly name: string;
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
  happened(tally: Tally): number;
}

export const ROWS: readonly Row[] = [
  ...ORDER_TYPES.map((type) => row('orders_total', ({ orders }) => orders[type], { labels: { type } })),
  row('payments_total', ({ payments }) => payments, { job: PAYMENTS_JOB }),
  row('refunds_total', ({ refunds }) => refunds, { job: PAYMENTS_JOB }),
  row('http_server_request_duration_seconds_count', ({ requests }) => requests),
  row('basket_items_count', ({ orders }) => Object.values(orders).reduce((sum, count) => sum + count)),
  row('basket_items_sum', ({ items }) => items),
  row('queue_depth', ({ waiting }) => waiting),
];

export function titleOf({ name, labels }: Row): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** The sum of a row's series; `undefined` if there are none. */
export function valueOf({ name, job, labels }: Row, samples: readonly Sample[]): number | undefined {
  const wanted = { ...labels, job };
  const values = samples
    .filter(
      (sample) => sample.name === name && Object.entries(wanted).every(([key, text]) => sample.labels[key] === text),
    )
    .map(({ value }) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value);
}

function row(
  name: string,
  happened: Row['happened'],
  { job = SHOP_JOB, labels = {} }: Partial<Pick<Row, 'job' | 'labels'>> = {},
): Row {
  return { name, job, labels, happened };
}
