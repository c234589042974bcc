const { Inject, Injectable } = require('@nestjs/common');
const { MetricsService } = require('nestjs-prometheus-pushgateway');

class OrdersService {
  constructor(metrics) {
    this.orders = metrics.counter({ name: 'orders_total', help: 'Orders placed' });
  }

  place() {
    this.orders.inc();
  }
}
Injectable()(OrdersService);
Inject(MetricsService)(OrdersService, undefined, 0);

module.exports = { OrdersService };
