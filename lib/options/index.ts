export { loadCronFor } from './cron.js';
export { optionsFromEnvironment } from './environment.js';
export * from './module-options.js';
export * from './resolved-options.js';
export { RESOLVED_OPTIONS } from './tokens.js';
export { resolveOptions } from './validate.js';
