import type { InstrumentationScope, MetricAttributes } from './shapes.js';
import { labelName } from './names.js';

/** Labels of the scope that has measured: two libraries may have metrics of one name. */
export function scopeLabels({ name, version, schemaUrl }: InstrumentationScope): Record<string, string> {
  return {
    ...(name !== '' && { otel_scope_name: name }),
    ...(version && { otel_scope_version: version }),
    ...(schemaUrl && { otel_scope_schema_url: schemaUrl }),
  };
}

/**
 * Labels of attributes. Of attributes whose names become one, the values stand in one label, joined with `;` in the order of the
 * attributes' names. A label whose value is the empty text is left out: to Prometheus it is not there.
 * @param taken Labels that are not an attribute's to set, such as `job`: it becomes `exported_job`.
 */
export function labelsOf(attributes: MetricAttributes, taken: ReadonlySet<string>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const attribute of Object.keys(attributes).sort()) {
    const value = attributes[attribute];
    if (value === undefined || value === null) continue;
    const plain = labelName(attribute);
    const name = taken.has(plain) ? `exported_${plain}` : plain;
    // As the store has it: two texts that are stored alike are one series.
    const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
    labels[name] = Object.hasOwn(labels, name) ? `${labels[name] as string};${text}` : text;
  }
  return Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''));
}
