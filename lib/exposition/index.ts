export { formatNumber } from './format-number.js';
export { familyOf } from './samples.js';
export { type ExpositionChunk, formatFamilies } from './text.js';
