import { jsonQuoted } from './yaml.js';

/** A matcher for these values: `job="shop"`, `job=~"shop|payments"`. */
export function anyOf(label: string, values: readonly string[]): string {
  const [only = '', ...others] = values;
  if (others.length === 0) return `${label}=${jsonQuoted(only)}`;
  return `${label}=~${jsonQuoted(values.map(escaped).join('|'))}`;
}

/** A text as a regular expression (RE2) that matches it and nothing else. */
export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
