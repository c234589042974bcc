import { printable } from '../errors/printable.js';

/** A text as PromQL writes it between quotes, control characters escaped. A lone surrogate becomes U+FFFD. */
export function promqlString(text: string): string {
  return printable(JSON.stringify(text.toWellFormed()));
}

/** Matchers for series that have exactly these values: `job="shop",instance="one"`. */
export function matchersOf(labels: readonly (readonly [name: string, value: string])[]): string {
  return labels.map(([name, value]) => `${name}=${promqlString(value)}`).join(',');
}

/** A matcher for one of these values: `job="shop"`, `job=~"shop|payments"`. */
export function anyOf(label: string, values: readonly string[]): string {
  const [only = '', ...others] = values;
  if (others.length === 0) return matchersOf([[label, only]]);
  return `${label}=~${promqlString(values.map(literally).join('|'))}`;
}

/** A text as a regular expression (RE2) that matches it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
