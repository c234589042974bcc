import type { Column } from '../sample-app/places/columns.js';
import { ROWS, titleOf, valueOf } from '../sample-app/places/rows.js';
import type { Tally } from '../sample-app/places/tally.js';

/** One look at all columns. */
export interface Reading {
  readonly titles: readonly string[];
  readonly lines: readonly { title: string; happened: number; values: readonly (number | undefined)[] }[];
  /** Columns that could not be read, and why. */
  readonly problems: readonly string[];
}

export async function read(tally: Tally, columns: readonly Column[]): Promise<Reading> {
  // Copied before the others are asked: they may be ahead of it, but it is never ahead of what they could know.
  const happened = ROWS.map((row) => row.happened(tally));
  const problems: string[] = [];
  const found = await Promise.all(
    columns.map(async (column) => {
      try {
        return await column.read();
      } catch (error) {
        problems.push(`${column.title}: ${(error as Error).message}`);
        return [];
      }
    }),
  );
  const lines = ROWS.map((row, at) => ({
    title: titleOf(row),
    happened: happened[at] as number,
    values: found.map((samples) => valueOf(row, samples)),
  }));
  return { titles: columns.map(({ title }) => title), lines, problems };
}

/** Whether a column shows what happened: a series that was never counted need not exist. */
export function isRight(value: number | undefined, happened: number): boolean {
  return (value ?? 0) === happened;
}

export function agrees({ lines, problems }: Reading): boolean {
  return (
    problems.length === 0 && lines.every(({ happened, values }) => values.every((value) => isRight(value, happened)))
  );
}

/** What differs, one text for each value. */
export function differences({ titles, lines, problems }: Reading): string[] {
  const wrong = lines.flatMap(({ title, happened, values }) =>
    values.flatMap((value, at) =>
      isRight(value, happened) ? [] : [`${title}: ${happened} happened, ${value ?? 'nothing'} ${titles[at] ?? ''}`],
    ),
  );
  return [...problems, ...wrong];
}
