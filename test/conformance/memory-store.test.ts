import { GroupStates } from '../../lib/store/memory/group-states.js';
import { MemoryStore } from '../../lib/store/memory/memory.store.js';
import { describeAnnouncements } from './announcements.conformance.js';
import { describeExemplars } from './exemplars.conformance.js';
import { describeNativeHistograms } from './native.conformance.js';
import { describeShapes } from './shapes.conformance.js';
import { describeStarts } from './starts.conformance.js';
import { describeStore } from './store.conformance.js';

const groups = new GroupStates();

describeStore('MemoryStore', {
  create: (seriesTtlMs) => new MemoryStore(seriesTtlMs === undefined ? {} : { seriesTtlMs }, groups),
  writeFormat: (group, format) => {
    groups.create(group, format);
  },
});
describeAnnouncements('MemoryStore', () => new MemoryStore({ notesNew: true }));
describeNativeHistograms('MemoryStore', () => new MemoryStore());
describeExemplars('MemoryStore', (options = {}) => new MemoryStore(options));
describeShapes('MemoryStore', () => new MemoryStore());
describeStarts('MemoryStore', (seriesTtlMs) => new MemoryStore(seriesTtlMs === undefined ? {} : { seriesTtlMs }));
