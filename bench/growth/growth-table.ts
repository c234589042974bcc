import { short } from '../harness/results-table.js';
import type { Dimension } from './growth.js';

/** One table per dimension, in Markdown: a line per figure, a column per point. */
export function growthTable({ name, curves }: Dimension): string {
  const points = curves[0]?.points.map(({ at }) => at) ?? [];
  const head = `| ${name} | ${points.map((at) => at.toLocaleString('en-US')).join(' | ')} |`;
  const rule = `| --- | ${points.map(() => '---:').join(' | ')} |`;
  const lines = curves.map(
    ({ figure, unit, points: values }) =>
      `| ${figure} | ${values.map(({ value }) => `${short(value)} ${unit}`).join(' | ')} |`,
  );
  return [head, rule, ...lines].join('\n');
}
