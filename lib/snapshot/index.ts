export { readGroup } from './snapshot.js';
