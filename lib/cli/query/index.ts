export { instantText, plainSamples, plainSeries, rangeText } from './query-text.js';
export { rangeOf } from './range.js';
