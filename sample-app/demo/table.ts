import { isRight, type Reading } from './reading.js';

export type Paint = (color: 'green' | 'yellow' | 'dim' | 'bold', text: string) => string;

export const plain: Paint = (_color, text) => text;

const CODES = { green: 32, yellow: 33, dim: 2, bold: 1 };

export const colored: Paint = (color, text) => `\u001b[${CODES[color]}m${text}\u001b[0m`;

const GAP = 2;

/** Lines of the table. A value that has arrived is green, one still on its way yellow. */
export function renderTable({ titles, lines }: Reading, paint: Paint): string[] {
  const first = Math.max(...lines.map(({ title }) => title.length));
  const widths = ['happened', ...titles].map((title) => Math.max(title.length, 8) + GAP);
  const cell = (text: string, at: number): string => text.padStart(widths[at] ?? 0);
  const head = ['happened', ...titles].map(cell).join('');
  return [
    paint('bold', `${''.padEnd(first)}${head}`),
    ...lines.map(({ title, happened, values }) => {
      const cells = values.map((value, at) =>
        paint(isRight(value, happened) ? 'green' : 'yellow', cell(value === undefined ? '-' : String(value), at + 1)),
      );
      return `${title.padEnd(first)}${cell(String(happened), 0)}${cells.join('')}`;
    }),
  ];
}
