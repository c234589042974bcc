export * from './group.js';
export * from './label-set.js';
export * from './metric-definition.js';
export * from './metric-family.js';
export * from './push-result.js';
export * from './resolve-definition.js';
export * from './series-value.js';
export * from './sketch.js';
