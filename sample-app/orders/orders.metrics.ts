import { defineGauge } from 'nestjs-prometheus-pushgateway';
import { OrdersService } from './orders.service.js';

/** Orders are kept in the memory of the process that took them: each process says how many it has, before it pushes. */
export const ORDERS_UNPAID = defineGauge({
  name: 'orders_unpaid',
  help: 'Orders that are not paid yet',
  aggregation: 'sum',
  inject: [OrdersService],
  collect: (gauge, orders) => {
    gauge.set(orders.unpaid);
  },
});
