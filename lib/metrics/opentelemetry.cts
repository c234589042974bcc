/** By `require`: what an application has loaded as CommonJS is not loaded a second time. Both would be the same to its spans. */

/**
 * Within a `try`, a bundler takes the package for one that may not be there: without the option `exemplars` it need not be.
 * @throws Error if it is not there, or cannot be loaded
 */
function loadOpenTelemetry(): typeof import('@opentelemetry/api') {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import ... = require(...)` cannot stand in a `try`.
    return require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  } catch (error) {
    throw new Error('Cannot load @opentelemetry/api', { cause: error });
  }
}

export = { loadOpenTelemetry };
