import { Aggregate, type Group, type ProcessValues, type ResolvedDefinition } from '../../model/index.js';
import { type Confirmed, NOTHING_CONFIRMED, PROCESS_SILENT_MS, type Processes, type SignTaken } from '../processes.js';
import type { GroupState, GroupStates } from './group-states.js';
import type { StoredValue } from './stored-value.js';

export class MemoryProcesses implements Processes {
  constructor(private readonly groups: GroupStates) {}

  /** As processes.lua. */
  async live(
    group: Group,
    process: string,
    lastSign?: number,
    { writer, sequence }: Confirmed = NOTHING_CONFIRMED,
  ): Promise<SignTaken> {
    const state = await this.groups.of(group);
    const now = Date.now();
    const latest = Math.max(...state.processes.values(), 0);
    if (now - latest > PROCESS_SILENT_MS) state.processesSince = now;
    const isOlder = (state.writers.get(writer)?.applied ?? 0) < sequence;
    const isKnown = !isOlder && lastSign !== undefined && state.processes.get(process) === lastSign;
    state.processes.set(process, now);
    return { sign: now, isKnown };
  }

  async leave(group: Group, process: string): Promise<void> {
    (await this.groups.of(group)).processes.delete(process);
  }
}

/** Forgets processes that give no sign of life. If nobody could give one for a while, everybody gets the time for another one. */
export function forgetSilent({ processes, processesSince }: GroupState): void {
  const silentSince = Date.now() - PROCESS_SILENT_MS;
  if (processesSince > silentSince) return;
  for (const [process, at] of processes) if (at < silentSince) processes.delete(process);
}

/** The series of a gauge of processes as a push shows them. What the dead have left is removed. */
export function livingSeries(
  state: GroupState,
  { aggregation }: ResolvedDefinition,
  values: Map<string, StoredValue>,
): [labels: string, value: number][] {
  if (aggregation === undefined) return [];
  forgetSilent(state);
  return [...(values as Map<string, ProcessValues>)].flatMap(([labels, all]): [string, number][] => {
    const living = new Map([...all].filter(([process]) => state.processes.has(process)));
    if (living.size === 0) values.delete(labels);
    else if (living.size < all.size) values.set(labels, living);
    const shown = new Aggregate(aggregation);
    for (const value of living.values()) shown.add(value);
    return living.size > 0 ? [[labels, shown.value]] : [];
  });
}
