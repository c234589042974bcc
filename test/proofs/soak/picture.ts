import type { FaultSpan } from './faults.js';
import type { Line, Point } from './verdict.js';

/** One quantity over the time of the run. */
export interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
  /** Drawn over the second half. Default: none. */
  readonly trend?: Line;
  /** How values are written at the axis. */
  readonly write: (value: number) => string;
}

const WIDTH = 960;
const LEFT = 80;
const RIGHT = 20;
const PANEL_HEIGHT = 110;
const PANEL_GAP = 34;
const TOP = 60;
const COLOURS: Readonly<Record<string, string>> = {
  'gateway killed': '#d95f02',
  'gateway frozen': '#fdc086',
  'Redis killed': '#7570b3',
  'Redis frozen': '#beaed4',
  'connections cut': '#e7298a',
  'replica restarted': '#a6d854',
  'replica killed': '#1b9e77',
};

/** On a dark page. */
const DARK = `@media (prefers-color-scheme: dark) { rect[fill=white] { fill: #0d1117 } text { fill: #e6edf3 } [stroke='#1f4e79'] { stroke: #79c0ff } [stroke=red] { stroke: #ff7b72 } }`;

/** The run as SVG: a panel a quantity, faults as coloured bands behind all of them. */
export function draw(title: string, panels: readonly Panel[], faults: readonly FaultSpan[]): string {
  const end = Math.max(1, ...panels.flatMap(({ points }) => points.map(({ second }) => second)));
  const height = TOP + panels.length * (PANEL_HEIGHT + PANEL_GAP) + 20;
  const x = (second: number): number => round(LEFT + (second / end) * (WIDTH - LEFT - RIGHT));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<style>${DARK}</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${LEFT}" y="20" font-size="15">${escape(title)}</text>`,
    legend(faults),
    ...panels.map((panel, at) => drawPanel(panel, TOP + at * (PANEL_HEIGHT + PANEL_GAP), x, end, faults)),
    ...ticks(end).map((second) => text(x(second), height - 10, `${round(second / 60)} min`, 'middle')),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function drawPanel(
  { title, points, trend, write }: Panel,
  top: number,
  x: (second: number) => number,
  end: number,
  faults: readonly FaultSpan[],
): string {
  const highest = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE);
  const bottom = top + 20 + PANEL_HEIGHT;
  const y = (value: number): number => round(bottom - (Math.max(value, 0) / highest) * PANEL_HEIGHT);
  const bands = faults.map(({ name, from, to }) => {
    const width = Math.max(1, round(x(to) - x(from)));
    const colour = COLOURS[name] ?? 'grey';
    return `<rect x="${x(from)}" y="${top + 20}" width="${width}" height="${PANEL_HEIGHT}" fill="${colour}" opacity="0.35"/>`;
  });
  const line = points.map(({ second, value }) => `${x(second)},${y(value)}`).join(' ');
  const fitted = trend && [end / 2, end].map((second) => `${x(second)},${y(trend.intercept + trend.slope * second)}`);
  return [
    text(LEFT, top + 14, title, 'start'),
    ...bands,
    `<path d="M${LEFT},${top + 20}V${bottom}H${WIDTH - RIGHT}" fill="none" stroke="#888"/>`,
    text(LEFT - 6, top + 30, write(highest), 'end'),
    text(LEFT - 6, bottom, write(0), 'end'),
    `<polyline points="${line}" fill="none" stroke="#1f4e79" stroke-width="1.2"/>`,
    ...(fitted ? [`<polyline points="${fitted.join(' ')}" fill="none" stroke="red" stroke-dasharray="6 3"/>`] : []),
  ].join('\n');
}

function legend(faults: readonly FaultSpan[]): string {
  const names = [...new Set(faults.map(({ name }) => name))].sort();
  return names
    .map((name, at) => {
      const left = LEFT + at * 122;
      const square = `<rect x="${left}" y="34" width="10" height="10" fill="${COLOURS[name] ?? 'grey'}" opacity="0.6"/>`;
      return `${square}${text(left + 14, 43, name, 'start')}`;
    })
    .join('\n');
}

/** About five moments, at whole or half minutes. */
function ticks(end: number): number[] {
  const step = Math.max(30, Math.ceil(end / 5 / 30) * 30);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step);
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
