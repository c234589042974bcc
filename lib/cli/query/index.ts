export { instantText, plainSamples, plainSeries, rangeText } from './query-text.js';
export { pointsIn, rangeOf } from './range.js';
