import { MemoryStore } from '../../lib/store/memory/memory.store.js';
import { describeStore } from './store.conformance.js';

describeStore('MemoryStore', (seriesTtlMs) => new MemoryStore(seriesTtlMs));
