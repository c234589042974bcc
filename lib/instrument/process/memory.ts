import { readFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import type { MetricFamily } from '../../model/index.js';
import { gauge, gaugeBy, type Part } from './part.js';

/** Memory in bytes: V8's heap and its spaces, and what the operating system gives. */
export const memory: Part = {
  read: (): readonly MetricFamily[] => {
    const { heapTotal, heapUsed, external, rss } = process.memoryUsage();
    return [
      ...fromSystem(rss),
      gauge('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', heapTotal),
      gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', heapUsed),
      gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', external),
      ...heapSpaces(),
    ];
  },
};

function heapSpaces(): MetricFamily[] {
  const spaces = getHeapSpaceStatistics().map((space) => ({
    ...space,
    name: space.space_name.replace(/_space.*$/, ''),
  }));
  const fields = { total: 'space_size', used: 'space_used_size', available: 'space_available_size' } as const;
  return Object.entries(fields).map(([what, field]) =>
    gaugeBy(
      `nodejs_heap_space_size_${what}_bytes`,
      `Process heap space size ${what} from Node.js in bytes.`,
      'space',
      new Map(spaces.map((space) => [space.name, space[field]])),
    ),
  );
}

/** @param rss What Node knows: elsewhere than on Linux there is no more. */
function fromSystem(rss: number): MetricFamily[] {
  const status = linuxStatus();
  return [
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', status.get('VmRSS') ?? rss),
    gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', status.get('VmSize')),
    gauge('process_heap_bytes', 'Process heap size in bytes.', status.get('VmData')),
  ];
}

/** Sizes in bytes by name. The file is made from the kernel's memory: reading it waits for no disk. */
function linuxStatus(): ReadonlyMap<string, number> {
  try {
    const lines = readFileSync('/proc/self/status', 'utf8').matchAll(/^(\w+):\s*(\d+) kB$/gm);
    return new Map([...lines].map(([, name, kilobytes]) => [name as string, Number(kilobytes) * 1024]));
  } catch {
    return new Map();
  }
}
