export * from './prometheus-files.js';
