import type { Group } from '../../lib/model/index.js';
import { GroupStates } from '../../lib/store/memory/group-states.js';
import { MemoryStore } from '../../lib/store/memory/memory.store.js';
import { describeAnnouncements } from './announcements.conformance.js';
import { describeExemplars } from './exemplars.conformance.js';
import { describeNativeHistograms } from './native.conformance.js';
import { describeProcesses } from './processes.conformance.js';
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
describeProcesses('MemoryStore', () => {
  const states = new GroupStates();
  const silence = async (group: Group, process: string, ms: number): Promise<void> => {
    const state = await states.of(group);
    state.processes.set(process, Date.now() - ms);
    state.processesSince = Date.now() - ms;
  };
  return { store: new MemoryStore({}, states), times: { silence } };
});
describeShapes('MemoryStore', () => new MemoryStore());
describeStarts('MemoryStore', (seriesTtlMs) => new MemoryStore(seriesTtlMs === undefined ? {} : { seriesTtlMs }));
