export { readGroup, type View } from './snapshot.js';
