import { printable } from '../../errors/printable.js';
import type { Output } from '../output.js';
import { coloured, type Colour } from '../terminal.js';
import { cut, padded, textWidth } from './text-width.js';

const GAP = '  ';
/** A column is not cut below this. */
const NARROWEST = 6;

export interface Column {
  readonly title: string;
  /** Numbers stand at the right, and are never cut. Default false. */
  readonly isNumber?: boolean;
  /** It is cut after all others. Default false. */
  readonly isWhole?: boolean;
}

export type Cell = string | { readonly text: string; readonly colour: Colour };

/**
 * Rows below titles, without lines between them. On a terminal the widest columns of text are cut until all fit; elsewhere everything is
 * whole. Control characters are escaped.
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], output: Output): string {
  const titles = columns.map(({ title }) => title.toUpperCase());
  const texts = rows.map((row) => row.map((cell) => printable(typeof cell === 'string' ? cell : cell.text)));
  const widths = fitting(widest([titles, ...texts]), columns, output);
  const line = (cells: readonly string[], row: readonly Cell[] = []): string =>
    cells
      .map((text, at) => {
        const width = widths[at] as number;
        const isLast = at === cells.length - 1;
        const isNumber = columns[at]?.isNumber === true;
        const short = cut(text, width);
        const whole = isLast && !isNumber ? short : padded(short, width, isNumber ? 'left' : 'right');
        const cell = row[at];
        return typeof cell === 'object' ? coloured(whole, cell.colour, output) : whole;
      })
      .join(GAP)
      .trimEnd();
  return [line(titles), ...texts.map((cells, at) => line(cells, rows[at]))].map((text) => `${text}\n`).join('');
}

function widest(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, at) => {
      widths[at] = Math.max(widths[at] ?? 0, textWidth(text));
    });
  }
  return widths;
}

/** Takes from the widest column, one by one, until all fit or none can give more. */
function fitting(
  natural: readonly number[],
  columns: readonly Column[],
  { isTTY = false, columns: room = 0 }: Output,
): number[] {
  const widths = [...natural];
  if (!isTTY || room <= 0) return widths;
  let over = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - room;
  for (const isWhole of [false, true]) {
    const cuttable = columns.flatMap((column, at) =>
      !column.isNumber && (column.isWhole ?? false) === isWhole ? [at] : [],
    );
    for (; over > 0; over--) {
      const most = Math.max(...cuttable.map((at) => widths[at] as number));
      if (most <= NARROWEST) break;
      widths[cuttable.findLast((at) => widths[at] === most) as number] = most - 1;
    }
  }
  return widths;
}
