import type { Output } from './output.js';

const COLOURS = { red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Colour = keyof typeof COLOURS;
/** Text in a narrower column is hard to read: it goes below what it belongs to. */
const NARROWEST_COLUMN = 30;

/** A text in a colour, on a terminal that can show it; `NO_COLOR` (https://no-color.org) turns it off. */
export function coloured(text: string, colour: Colour, { isTTY = false }: Pick<Output, 'isTTY'>): string {
  const isWanted = isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return isWanted ? `\u001b[${COLOURS[colour]}m${text}\u001b[39m` : text;
}

/** A text in lines of a terminal's width, all but the first indented; as it is where nobody knows the width. */
export function wrapped(text: string, indent: number, { isTTY = false, columns = 0 }: Output): string {
  if (!isTTY || columns < NARROWEST_COLUMN) return text;
  const margin = columns - indent < NARROWEST_COLUMN ? 2 : indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = columns - (lines.length === 0 ? indent : margin);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(margin)}`);
}
