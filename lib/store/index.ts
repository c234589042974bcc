export type * from './announcements.js';
export type * from './ledger.js';
export * from './processes.js';
export type * from './removal.js';
export type * from './series.js';
export type * from './shapes.js';
export type * from './signs-of-life.js';
export * from './store.js';
export * from './turns.js';
