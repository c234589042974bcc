import type { Group, ResolvedDefinition, Series } from '../../model/index.js';
import type { Ledger } from '../ledger.js';
import type { ApplyResult, Batch, ReadOptions } from '../series.js';
import type { Store, StoreFacts, StoreOptions } from '../store.js';
import type { PushTurn } from '../turns.js';
import { GroupStates } from './group-states.js';
import { MemoryAnnouncements } from './memory-announcements.js';
import { MemoryLedgers } from './memory-ledger.js';
import { MemoryRemoval } from './memory-removal.js';
import { MemorySeries } from './memory-series.js';
import { MemorySignsOfLife } from './memory-signs-of-life.js';
import { MemoryTurns } from './memory-turns.js';

/** The store inside this process: for tests, for a first try, and for a single process that may forget when it ends. */
export class MemoryStore implements Store {
  readonly address = 'memory';
  readonly #series: MemorySeries;
  readonly #announcements: MemoryAnnouncements;
  readonly #turns: MemoryTurns;
  readonly #ledgers: MemoryLedgers;
  readonly #signsOfLife: MemorySignsOfLife;
  readonly #removal: MemoryRemoval;

  constructor(options: StoreOptions = {}) {
    const groups = new GroupStates();
    this.#series = new MemorySeries(groups, options);
    this.#announcements = new MemoryAnnouncements(groups);
    this.#turns = new MemoryTurns(groups);
    this.#ledgers = new MemoryLedgers(groups);
    this.#signsOfLife = new MemorySignsOfLife();
    this.#removal = new MemoryRemoval(groups, options.seriesTtlMs);
  }

  apply(group: Group, batch: Batch): Promise<ApplyResult> {
    return this.#series.apply(group, batch);
  }

  definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    return this.#series.definitions(group);
  }

  read(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]> {
    return this.#series.read(group, definition, options);
  }

  readText(group: Group, definition: ResolvedDefinition, options?: ReadOptions): AsyncIterable<readonly Series[]> {
    return this.#series.readText(group, definition, options);
  }

  restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    return this.#series.restoring(group);
  }

  releaseAnnounced(group: Group, shownForMs: number): Promise<void> {
    return this.#announcements.releaseAnnounced(group, shownForMs);
  }

  noteShown(group: Group, takenAt: number): Promise<void> {
    return this.#announcements.noteShown(group, takenAt);
  }

  takeTurn(group: Group, ttlMs: number): Promise<PushTurn> {
    return this.#turns.takeTurn(group, ttlMs);
  }

  keepTurn(group: Group, token: string, ttlMs: number): Promise<boolean> {
    return this.#turns.keepTurn(group, token, ttlMs);
  }

  endTurn(group: Group, token: string, pushedAt?: number): Promise<void> {
    return this.#turns.endTurn(group, token, pushedAt);
  }

  readLedger(group: Group): Promise<Ledger> {
    return this.#ledgers.readLedger(group);
  }

  noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    return this.#ledgers.noteHolder(group, token, gateway);
  }

  noteSilence(group: Group, token: string, silentForMs: number | undefined): Promise<number | undefined> {
    return this.#ledgers.noteSilence(group, token, silentForMs);
  }

  strikeCopy(group: Group, gateway: string, hold: string): Promise<void> {
    return this.#ledgers.strikeCopy(group, gateway, hold);
  }

  beat(process: string, groups: readonly Group[]): Promise<void> {
    return this.#signsOfLife.beat(process, groups);
  }

  silentGroups(forMs: number): Promise<readonly Group[]> {
    return this.#signsOfLife.silentGroups(forMs);
  }

  leaveGroups(process: string, groups: readonly Group[], withinMs: number): Promise<readonly Group[]> {
    return this.#signsOfLife.leaveGroups(process, groups, withinMs);
  }

  strikeGroup(group: Group, forMs: number): Promise<void> {
    return this.#signsOfLife.strikeGroup(group, forMs);
  }

  isQuiet(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removal.isQuiet(group, token, forMs);
  }

  removeGroup(group: Group, token: string, forMs: number): Promise<boolean> {
    return this.#removal.removeGroup(group, token, forMs);
  }

  expireSeries(group: Group): Promise<boolean> {
    return this.#removal.expireSeries(group);
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
      memory: undefined,
      clockAheadMs: 0,
    };
    return Promise.resolve([facts]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
