import { printable } from '../errors/printable.js';

/**
 * A text as JSON writes it between quotes, which YAML and PromQL read as well. What YAML allows in no scalar, and what a
 * terminal obeys, is escaped.
 */
export function jsonQuoted(text: string): string {
  return printable(JSON.stringify(text));
}

/** A scalar that YAML reads back as this very text. */
export function quoted(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : jsonQuoted(text);
}

/** Lines two spaces further in, `times` over. */
export function indented(lines: readonly string[], times = 1): string[] {
  return lines.map((line) => (line === '' ? line : '  '.repeat(times) + line));
}

/** Lines as an item of a list. */
export function item([first = '', ...others]: readonly string[]): string[] {
  return [`- ${first}`, ...indented(others)];
}

/** Seconds as Prometheus writes a duration: `15s`, `1500ms`. */
export function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
