import { MemoryStore } from '../../lib/store/memory/memory.store.js';
import { describeAnnouncements } from './announcements.conformance.js';
import { describeStore } from './store.conformance.js';

describeStore('MemoryStore', (seriesTtlMs) => new MemoryStore(seriesTtlMs === undefined ? {} : { seriesTtlMs }));
describeAnnouncements('MemoryStore', () => new MemoryStore({ announces: true }));
