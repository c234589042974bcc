export type { BufferListener } from './batch-sender.js';
export type { Accumulator, DirtyList } from './accumulator.js';
export { FamilyBuffer } from './family-buffer.js';
export { bucketOf, HistogramAccumulator } from './histogram-accumulator.js';
export { NumberAccumulator } from './number-accumulator.js';
export { SHAPE_SILENT_MS } from './shape-keeper.js';
export { SummaryAccumulator } from './summary-accumulator.js';
export { UpdateBuffer } from './update-buffer.js';
export { UpdateBuffers } from './update-buffers.js';
