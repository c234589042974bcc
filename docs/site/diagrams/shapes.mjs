/** The few shapes of the diagrams. Colours are named, and stand once for light and once for dark. */
const STYLE = `<style>
svg { --ground: #fff; --text: #24292f; --muted: #57606a; --line: #8c959f; --box: #f6f8fa; --ours: #0969da; --ours-box: #ddf4ff }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --text: #e6edf3; --muted: #9198a1; --line: #656c76; --box: #161b22; --ours: #4493f8; --ours-box: #0c2d6b } }
text { fill: var(--text) } .small { fill: var(--muted); font-size: 11px }
.box { fill: var(--box); stroke: var(--line) } .ours { fill: var(--ours-box); stroke: var(--ours) } .idle { fill: none; stroke: var(--line); stroke-dasharray: 4 3 }
.arrow { stroke: var(--line); stroke-width: 1.5; fill: none; marker-end: url(#head) } .arrow.ours { stroke: var(--ours); marker-end: url(#ours-head) } .arrow.weak { stroke-dasharray: 4 3 }
</style>`;

const HEADS = ['head', 'ours-head'].map(
  (id) =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="var(--${id === 'head' ? 'line' : 'ours'})"/></marker>`,
);

export function svg(width, height, says, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escape(says)}</title>`,
    STYLE,
    `<defs>${HEADS.join('')}</defs>`,
    `<rect width="${width}" height="${height}" fill="var(--ground)"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** A box with lines of text in its middle, the first of them bold. */
export function box({ x, y, width, height, kind = 'box' }, ...lines) {
  const first = y + height / 2 - (lines.length - 1) * 8 + 4;
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    ...lines.map((line, at) =>
      text(x + width / 2, first + at * 16, line, at === 0 ? 'font-weight="bold"' : 'class="small"'),
    ),
  ].join('\n');
}

export function arrow(points, kind = '') {
  return `<path class="arrow ${kind}" d="M${points.map(([x, y]) => `${x} ${y}`).join('L')}"/>`;
}

/** A small line of text; `anchor` as in SVG. */
export function note(x, y, content, anchor = 'middle') {
  return text(x, y, content, 'class="small"', anchor);
}

export function heading(x, y, content) {
  return text(x, y, content, 'font-weight="bold"', 'start');
}

function text(x, y, content, attributes, anchor = 'middle') {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${attributes}>${escape(content)}</text>`;
}

function escape(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
