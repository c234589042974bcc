/** YAML allows these in no scalar, or takes them for line breaks. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** A text as JSON writes it between quotes, which YAML and PromQL read as well; what neither prints is escaped. */
export function jsonQuoted(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
