import { ConfigurationError } from '../../errors/index.js';
import { groupingLabels, type MetricFamily } from '../../model/index.js';
import type { ProcessInstrumentOptions } from '../../options/index.js';
import type { Instrument } from '../instrument.js';
import { eventLoop } from './event-loop.js';
import { garbageCollection } from './garbage-collection.js';
import { life } from './life.js';
import { memory } from './memory.js';
import type { Part } from './part.js';
import { resources } from './resources.js';

/** Labels that some metric of a process has. */
const TAKEN = ['kind', 'le', 'space', 'type', 'version', 'major', 'minor', 'patch'];

/** Measures this process, and gives it to the group of the process. */
export const measureProcess: Instrument<ProcessInstrumentOptions> = (
  { prefix = '', labels = {} },
  { processGroup },
) => {
  const ofGroup = groupingLabels(processGroup.group).map(([name]) => name);
  const wrong = Object.keys(labels).find((label) => TAKEN.includes(label) || ofGroup.includes(label));
  if (wrong !== undefined) {
    throw new ConfigurationError(
      `instrument.process.labels: expected no "${wrong}", which ${ofGroup.includes(wrong) ? 'the group' : 'a metric'} of the process has`,
    );
  }
  const further = Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));
  const parts: readonly Part[] = [life(), memory, eventLoop(), garbageCollection(), resources()];
  processGroup.add({
    name: 'instrument.process',
    read: async () => {
      const read = await Promise.all(parts.map(async (part) => part.read()));
      return read.flat().map((family) => renamed(family, prefix, further));
    },
  });
  return () => {
    for (const part of parts) part.stop?.();
  };
};

function renamed(
  { name, values, ...family }: MetricFamily,
  prefix: string,
  further: Readonly<Record<string, string>>,
): MetricFamily {
  const samples = values.map(({ metricName, labels, value }) => ({
    ...{ metricName: prefix + metricName, value },
    labels: { ...labels, ...further },
  }));
  return { ...family, name: prefix + name, values: samples };
}
