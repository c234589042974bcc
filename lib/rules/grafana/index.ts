export * from './dashboard-files.js';
