import { label, line, svg } from '../harness/svg.js';
import { short } from '../harness/results-table.js';
import type { Curve, Dimension } from './growth.js';

const PANEL_WIDTH = 300;
const PANEL_HEIGHT = 150;
const PANELS_A_ROW = 3;
const MARGIN = { top: 44, right: 34, bottom: 26, left: 34 };
const STROKE = '#0969da';

/** One small panel per figure, both axes logarithmic: a straight line upwards is growth in proportion, a flat one none. */
export function growthChart(dimensions: readonly Dimension[]): string {
  const panels = dimensions.flatMap(({ name, curves }) => curves.map((curve) => ({ name, curve })));
  const rows = Math.ceil(panels.length / PANELS_A_ROW);
  const drawn = panels.flatMap(({ name, curve }, at) =>
    panel(name, curve, (at % PANELS_A_ROW) * PANEL_WIDTH, Math.floor(at / PANELS_A_ROW) * PANEL_HEIGHT),
  );
  return svg(PANEL_WIDTH * PANELS_A_ROW, rows * PANEL_HEIGHT, drawn);
}

function panel(name: string, { figure, unit, points }: Curve, left: number, top: number): string[] {
  const x = scale(
    points.map(({ at }) => at),
    left + MARGIN.left,
    left + PANEL_WIDTH - MARGIN.right,
  );
  const values = points.map(({ value }) => Math.max(value, 1e-3));
  // At least one decade, so that a figure that stays the same looks the same.
  const highest = Math.max(...values, Math.min(...values) * 10);
  const y = scale([Math.min(...values), highest], top + PANEL_HEIGHT - MARGIN.bottom, top + MARGIN.top);
  return [
    label(left + MARGIN.left, top + 14, `${figure}, ${unit}`),
    label(left + MARGIN.left, top + 28, `by ${name}`),
    line(
      points.map(({ at }, index) => [x(at), y(values[index] as number)] as const),
      STROKE,
    ),
    ...points.map(({ at }, index) =>
      label(x(at), y(values[index] as number) - 4, short(values[index] as number), 'middle', STROKE),
    ),
    ...points.map(({ at }) =>
      label(
        x(at),
        top + PANEL_HEIGHT - 8,
        at >= 1e6 ? `${at / 1e6}M` : at >= 1e3 ? `${at / 1e3}k` : String(at),
        'middle',
      ),
    ),
  ];
}

/** Logarithmic. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  return (value) => from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from);
}
