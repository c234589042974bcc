import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpInstrumentOptions } from '../../options/index.js';
import type { Instrument } from '../instrument.js';
import { type ExpressApplication, watchExpress } from './express.js';
import { type FastifyApplication, watchFastify } from './fastify.js';
import { RequestMeter } from './request-meter.js';

/** Measures every request of the application's HTTP server. */
export const measureHttp: Instrument<HttpInstrumentOptions> = (options, { metrics, adapterHost }) => {
  const meter = new RequestMeter(metrics, options);
  const watching = adapterHost.init$.subscribe(() => {
    watch(adapterHost.httpAdapter as AbstractHttpAdapter | undefined, meter);
  });
  return () => {
    watching.unsubscribe();
  };
};

/** A process without HTTP has no adapter, or one of no type. */
function watch(adapter: AbstractHttpAdapter | undefined, meter: RequestMeter): void {
  switch (adapter?.getType()) {
    case 'express':
      watchExpress(adapter.getInstance<ExpressApplication>(), meter);
      break;
    case 'fastify':
      watchFastify(adapter.getInstance<FastifyApplication>(), meter);
  }
}
