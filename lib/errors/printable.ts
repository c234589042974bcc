/**
 * What controls a terminal, or makes a text look like another one: control characters (C0, DEL, C1), line and paragraph
 * separators, marks that change the direction of writing, the byte order mark.
 */
// eslint-disable-next-line no-control-regex -- these are what must not reach a terminal
export const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A text on one line, control characters escaped: `\u001b` for an escape character, `\u000a` for a line break. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
