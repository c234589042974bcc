export { familiesAsText } from './family-text.js';
export { formatNumber } from './format-number.js';
export type { BodyChunk } from './body-chunk.js';
export { formatMessages } from './protobuf/messages.js';
export { readableMessages } from './protobuf/readable.js';
export { familyOf } from './samples.js';
export { formatOpenMetrics, type OpenMetricsOptions } from './open-metrics.js';
export { formatFamilies } from './text.js';
