import { keepQuiet } from '../options/index.js';

/** By this key instrumentations and tracers know that they are to leave a context alone (`@opentelemetry/core`). */
const SUPPRESS_TRACING = 'OpenTelemetry SDK Context Key SUPPRESS_TRACING';

/** From now on neither spans nor metrics are made of what this package asks of Redis, gateways and Prometheus. */
export async function keepOwnCallsQuiet(): Promise<void> {
  const api = await openTelemetryApi();
  if (api === undefined) return;
  const key = api.createContextKey(SUPPRESS_TRACING);
  keepQuiet((call) => api.context.with(api.context.active().setValue(key, true), call));
}

/** Undefined: without it nothing is instrumented. */
async function openTelemetryApi(): Promise<typeof import('@opentelemetry/api') | undefined> {
  try {
    const { default: loader } = await import(/* webpackMode: "eager" */ '../metrics/opentelemetry.cjs');
    return loader.loadOpenTelemetry();
  } catch {
    return undefined;
  }
}
