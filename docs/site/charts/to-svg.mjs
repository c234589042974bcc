import * as echarts from 'echarts';

/** Colours by name; what they are for light and dark stands once, in the picture's own style sheet. */
export const COLOUR = {
  ground: 'var(--ground)',
  text: 'var(--text)',
  muted: 'var(--muted)',
  line: 'var(--line)',
  ours: 'var(--ours)',
  other: 'var(--other)',
  good: 'var(--good)',
  bad: 'var(--bad)',
};

const STYLE = `<style>
svg { --ground: #fff; --text: #24292f; --muted: #57606a; --line: #d0d7de; --ours: #0969da; --other: #8c959f; --good: #1a7f37; --bad: #cf222e }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --text: #e6edf3; --muted: #9198a1; --line: #3d444d; --ours: #4493f8; --other: #767e89; --good: #3fb950; --bad: #f85149 } }
</style>`;

const FONT = 'system-ui, sans-serif';
export const TEXT = { fontFamily: FONT, fontSize: 12, color: COLOUR.text };
export const MUTED = { ...TEXT, color: COLOUR.muted, fontSize: 11 };

/**
 * @param chart Its size, an option of ECharts, and the text for those who do not see it.
 * @param source What it was drawn from.
 */
export function toSvg({ width, height, says, option }, source) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: COLOUR.ground, textStyle: TEXT, ...option });
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  const head = `<title>${escape(says)}</title>\n<desc>${source}</desc>\n${STYLE}`;
  const bare = svg.replaceAll(/ (?:class="zr[^"]*"|pointer-events="visible")/g, '');
  return `${bare.replace(/^<svg /, '<svg role="img" ').replace(/>/, `>\n${head}`)}\n`;
}

/** An axis that says what it counts, and that it is logarithmic. */
export function axis(name, more = {}) {
  return {
    type: 'log',
    name,
    nameTextStyle: MUTED,
    axisLabel: { ...MUTED, formatter: short },
    axisLine: { show: true, lineStyle: { color: COLOUR.muted } },
    axisTick: { show: true, lineStyle: { color: COLOUR.muted } },
    splitLine: { show: true, lineStyle: { color: COLOUR.line } },
    minorSplitLine: { show: false },
    ...more,
  };
}

/** Three digits that count: 0.07, 7.12, 712, 71k, 7M. */
export function short(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

/** As much of a text as a line of that many pixels holds, and the rest on further lines. */
export function wrapped(text, width) {
  const longest = Math.floor(width / 6.2);
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== '' && line.length + 1 + word.length > longest) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
