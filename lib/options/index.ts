export * from './module-options.js';
export * from './resolved-options.js';
