import { readdirSync, readFileSync } from 'node:fs';
import type { MetricFamily } from '../../model/index.js';
import { gauge, gaugeBy, type Part } from './part.js';

/** Node has them, and says so to nobody. */
interface Undocumented {
  _getActiveHandles?: () => readonly object[];
  _getActiveRequests?: () => readonly object[];
}

/** What keeps the process busy: handles, requests and resources of the event loop, and open files. */
export function resources(): Part {
  const most = mostFiles();
  return {
    read: (): readonly MetricFamily[] => {
      const { _getActiveHandles: handlesOf, _getActiveRequests: requestsOf } = process as Undocumented;
      return [
        gauge('process_open_fds', 'Number of open file descriptors.', openFiles()),
        gauge('process_max_fds', 'Maximum number of open file descriptors.', most),
        ...active(
          'resources',
          'resources that are currently keeping the event loop alive, grouped by async resource type',
          process.getActiveResourcesInfo(),
        ),
        ...(handlesOf ? active('handles', `libuv handles ${BY_CLASS}`, handlesOf().map(className)) : []),
        ...(requestsOf ? active('requests', `libuv requests ${BY_CLASS}`, requestsOf().map(className)) : []),
      ];
    },
  };
}

const BY_CLASS = 'grouped by type. Every type is C++ class name';

function className(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? '';
}

function active(what: string, which: string, types: readonly string[]): MetricFamily[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [
    gaugeBy(`nodejs_active_${what}`, `Number of active ${which}.`, 'type', counts),
    gauge(`nodejs_active_${what}_total`, `Total number of active ${what}.`, types.length),
  ];
}

/** Undefined where there is no such folder. It is made from the kernel's memory: reading it waits for no disk. */
function openFiles(): number | undefined {
  try {
    // One of them is open for reading the folder.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

/** Undefined if there is no limit, or nobody says it. */
function mostFiles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return limit ? Number(limit[1]) : undefined;
  } catch {
    return undefined;
  }
}
