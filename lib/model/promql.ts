import { printable } from '../errors/printable.js';
import { isClassicLabelName, isClassicMetricName } from './names.js';

/** A text as PromQL writes it between quotes, control characters escaped. A lone surrogate becomes U+FFFD. */
export function promqlString(text: string): string {
  return printable(JSON.stringify(text.toWellFormed()));
}

/** A label name; between quotes if it is not of the classic form, as Prometheus 3 takes it. */
export function promqlLabel(name: string): string {
  return isClassicLabelName(name) ? name : promqlString(name);
}

/** A selector: `orders_total{job="shop"}`, `{"orders.total",job="shop"}`. */
export function selectorOf(metric: string, matchers: string): string {
  return isClassicMetricName(metric) ? `${metric}{${matchers}}` : `{${promqlString(metric)},${matchers}}`;
}

/** Matchers for series that have exactly these values: `job="shop",instance="one"`. */
export function matchersOf(labels: readonly (readonly [name: string, value: string])[]): string {
  return labels.map(([name, value]) => `${promqlLabel(name)}=${promqlString(value)}`).join(',');
}

/** A matcher for any value that is not empty. */
export function anyValue(label: string): string {
  return `${promqlLabel(label)}=~".+"`;
}

/** A matcher for one of these values: `job="shop"`, `job=~"shop|payments"`. */
export function anyOf(label: string, values: readonly string[]): string {
  const [only = '', ...others] = values;
  if (others.length === 0) return matchersOf([[label, only]]);
  return `${promqlLabel(label)}=~${promqlString(values.map(literally).join('|'))}`;
}

/** A text as a regular expression (RE2) that matches it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
