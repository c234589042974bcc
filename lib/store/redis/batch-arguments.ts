import { definitionShape } from '../../model/index.js';
import type { Batch, Update } from '../series.js';
import { packHistogram, packSummary } from './packing.js';
import type { ScriptArgument } from './script.js';

/** ARGV of apply.lua. */
export function batchArguments(batch: Batch): ScriptArgument[] {
  const args: ScriptArgument[] = [batch.writer, batch.sequence, batch.clear ? '1' : '0', batch.definitions.length];
  for (const definition of batch.definitions) {
    args.push(definition.name, definitionShape(definition), JSON.stringify(definition));
  }
  for (const { family, shape, clear, restores, updates } of batch.families) {
    args.push('f', family, shape, restores ? 'r' : clear ? '1' : '0');
    for (const update of updates) args.push(...updateArguments(update));
  }
  return args;
}

function updateArguments(update: Update): ScriptArgument[] {
  switch (update.op) {
    case 'add':
      return ['a', update.labels, update.value];
    case 'set':
      // String(-0) is '0'.
      return ['s', update.labels, Object.is(update.value, -0) ? '-0' : update.value];
    case 'observe':
      return ['o', update.labels, packHistogram(update)];
    case 'sketch':
      return ['k', update.labels, update.oldestSlice, packSummary(update)];
    case 'remove':
      return ['r', update.labels];
  }
}
