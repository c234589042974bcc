import type { Store, StoreFacts, StoreOptions } from '../store.js';
import { GroupStates } from './group-states.js';
import { MemoryAnnouncements } from './memory-announcements.js';
import { MemoryLedgers } from './memory-ledger.js';
import { MemoryProcesses } from './memory-processes.js';
import { MemoryRemoval } from './memory-removal.js';
import { MemorySeries } from './memory-series.js';
import { MemoryShapes } from './memory-shapes.js';
import { MemorySignsOfLife } from './memory-signs-of-life.js';
import { MemoryTurns } from './memory-turns.js';

/** The store inside this process: for tests, for a first try, and for a single process that may forget when it ends. */
export class MemoryStore implements Store {
  readonly address = 'memory';
  readonly wasReached = true;
  readonly series: MemorySeries;
  readonly shapes: MemoryShapes;
  readonly turns: MemoryTurns;
  readonly ledgers: MemoryLedgers;
  readonly announcements: MemoryAnnouncements;
  readonly processes: MemoryProcesses;
  readonly removal: MemoryRemoval;
  readonly signsOfLife: MemorySignsOfLife;

  /**
   * @param groups Where the store keeps its groups. Two stores with the same object are like two processes with one Redis.
   * Default: an object of its own.
   */
  constructor(options: StoreOptions = {}, groups = new GroupStates()) {
    this.series = new MemorySeries(groups, options);
    this.shapes = new MemoryShapes(groups);
    this.ledgers = new MemoryLedgers(groups);
    this.turns = new MemoryTurns(groups, this.series, this.ledgers);
    this.announcements = new MemoryAnnouncements(groups);
    this.processes = new MemoryProcesses(groups);
    this.removal = new MemoryRemoval(groups, options.seriesTtlMs);
    this.signsOfLife = new MemorySignsOfLife();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  diagnose(): Promise<readonly StoreFacts[]> {
    const facts: StoreFacts = {
      address: this.address,
      isShared: false,
      version: undefined,
      refusesWrites: false,
      snapshots: false,
      journal: false,
      evictionPolicy: undefined,
      evictedKeys: 0,
      memory: undefined,
      clockAheadMs: 0,
    };
    return Promise.resolve([facts]);
  }

  rehearse(): Promise<void> {
    return Promise.resolve();
  }

  started(): void {
    // Nothing is open.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
