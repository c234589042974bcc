import type { HttpInstrumentOptions } from 'nestjs-prometheus-pushgateway';

/** Requests of customers and of the warehouse. Those of the page, and of paths that nobody knows, are no business of the shop. */
export const REQUESTS: HttpInstrumentOptions = {
  buckets: [0.01, 0.1, 1, 10],
  ignore: ['/', '/health', /^\/page\//, ''],
};
