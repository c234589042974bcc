import { ConfigurationError } from '../errors/index.js';

/**
 * Gives `trace_id` and `span_id` of the active span as canonical labels, if there is one and it is sampled: of another one nobody
 * finds a trace. The package is loaded only now.
 * @throws ConfigurationError if `@opentelemetry/api` cannot be loaded
 */
export async function activeSpan(): Promise<() => string | undefined> {
  const { context, isSpanContextValid, trace, TraceFlags } = await openTelemetry();
  return () => {
    const span = trace.getSpan(context.active())?.spanContext();
    if (span === undefined || !isSpanContextValid(span) || (span.traceFlags & TraceFlags.SAMPLED) === 0)
      return undefined;
    return `span_id="${span.spanId}",trace_id="${span.traceId}"`;
  };
}

async function openTelemetry(): Promise<typeof import('@opentelemetry/api')> {
  try {
    const { default: loader } = await import(/* webpackMode: "eager" */ './opentelemetry.cjs');
    return loader.loadOpenTelemetry();
  } catch (error) {
    throw new ConfigurationError(
      "exemplars: 'active-span' needs the package @opentelemetry/api (npm install @opentelemetry/api), which cannot be loaded",
      { cause: error },
    );
  }
}
