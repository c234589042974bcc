import { LabelError } from '../errors/index.js';

/**
 * The values of a label set as texts, in the order of the definition.
 * @param metric Its name, for messages.
 * @param names The labels of its definition.
 * @throws LabelError for a label that the metric does not have, for a missing one, and for a value that is neither a string nor
 * a number.
 */
export function checkedLabelValues(
  metric: string,
  names: readonly string[],
  labels: Readonly<Record<string, unknown>>,
): string[] {
  for (const name in labels) {
    if (!names.includes(name)) {
      throw new LabelError(`Unknown label "${name}" for metric "${metric}": ${adviceOn(name, names)}`);
    }
  }
  return names.map((name) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    // Two texts that are stored alike are one series, and must be one child.
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value === 'number') return String(value);
    if (value === undefined) {
      throw new LabelError(`Missing label "${name}" for metric "${metric}": expected ${names.join(', ')}`);
    }
    const got = value === null ? 'null' : typeof value;
    throw new LabelError(`Invalid label "${name}" for metric "${metric}": expected a string or number, got ${got}`);
  });
}

/** What prom-client takes as one object, where a metric has `enableExemplars`. */
const EVENT_OF_PROM_CLIENT: readonly string[] = ['labels', 'value', 'exemplarLabels'];

function adviceOn(name: string, names: readonly string[]): string {
  const expected = names.length > 0 ? `expected ${names.join(', ')}` : 'it has no labels';
  if (!EVENT_OF_PROM_CLIENT.includes(name)) return expected;
  return `${expected}; give labels, value and { exemplar } as arguments of their own`;
}
