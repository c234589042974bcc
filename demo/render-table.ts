import { isRight, type Reading } from './read-columns.js';

export type Paint = (color: 'green' | 'yellow' | 'dim' | 'bold', text: string) => string;

export const plain: Paint = (_color, text) => text;

const CODES = { green: 32, yellow: 33, dim: 2, bold: 1 };

export const colored: Paint = (color, text) => `\u001b[${CODES[color]}m${text}\u001b[0m`;

const GAP = 2;

/**
 * Lines of the table. A value that has arrived is green, one still on its way yellow; without colours it has a star.
 * @param columns Width of the terminal: where the table is wider, values stand below the title of their row. Default: any.
 */
export function renderTable({ titles, lines }: Reading, paint: Paint, columns = Infinity): string[] {
  const rows = lines.map(({ title, happened, values }) => ({
    title,
    cells: [
      { text: String(happened), isFine: true },
      ...values.map((value) => {
        const isFine = isRight(value, happened);
        return { text: `${!isFine && paint === plain ? '*' : ''}${value ?? '-'}`, isFine };
      }),
    ],
  }));
  const widths = ['happened', ...titles].map(
    (title, at) => Math.max(title.length, 8, ...rows.map(({ cells }) => cells[at]?.text.length ?? 0)) + GAP,
  );
  const longest = Math.max(...lines.map(({ title }) => title.length));
  const isNarrow = longest + widths.reduce((sum, width) => sum + width) > columns;
  const first = isNarrow ? 0 : longest;
  const head = ['happened', ...titles].map((title, at) => title.padStart(widths[at] ?? 0)).join('');
  return [
    paint('bold', `${''.padEnd(first)}${head}`),
    ...rows.flatMap(({ title, cells }) => {
      const [happened = '', ...values] = cells.map(({ text, isFine }, at) => {
        const cell = text.padStart(widths[at] ?? 0);
        return at === 0 ? cell : paint(isFine ? 'green' : 'yellow', cell);
      });
      const line = `${happened}${values.join('')}`;
      return isNarrow ? [title, line] : [`${title.padEnd(first)}${line}`];
    }),
  ];
}

/** What the table's words and colours mean. */
export function legend(paint: Paint): string {
  const marks = paint === plain ? '*: still on its way' : 'green: has arrived; yellow: still on its way';
  return `happened: counted by those who got the answers of the shop, without the library; ${marks}; -: nothing there yet`;
}

/** A text in lines that a terminal does not cut: broken between words, and inside one that is longer than a line. */
export function wrap(text: string, columns = Infinity): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
    while (line.length > columns) {
      lines.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  return [...lines, line];
}
