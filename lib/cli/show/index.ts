export { plainFamilies } from './detail.js';
export { readValues, unknownMetric } from './read-values.js';
export { overviewText, seriesText } from './values-text.js';
