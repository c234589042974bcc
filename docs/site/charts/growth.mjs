import { COLOUR, MUTED, TEXT, axis, short } from './to-svg.mjs';

const PANEL = { height: 218, top: 44, bottom: 46, left: 52, right: 26 };
/** A name a file can have, and how the horizontal axis is called. */
const KINDS = [
  [/^series, in one family/, 'growth-series', 'series'],
  [/^families/, 'growth-families', 'families'],
  [/^writers/, 'growth-writers', 'writers'],
  [/between flushes/, 'growth-flush', 'ms between flushes'],
  [/^series at the gateway/, 'growth-scrape', 'series'],
];

/** A chart for each thing that grows, with a panel for each figure. Both axes are logarithmic: in proportion is a straight line up. */
export function growthCharts(dimensions, width) {
  return dimensions.map(({ name, curves }) => {
    const kind = KINDS.find(([pattern]) => pattern.test(name));
    if (!kind) throw new Error(`No name is known for the chart of "${name}"`);
    return { name: kind[1], chart: chart(name, kind[2], curves, width) };
  });
}

function chart(name, horizontal, curves, width) {
  const columns = width > 600 ? 2 : 1;
  const panelWidth = width / columns;
  const rows = Math.ceil(curves.length / columns);
  const places = curves.map((_, at) => ({
    left: (at % columns) * panelWidth,
    top: 30 + Math.floor(at / columns) * PANEL.height,
  }));
  return {
    width,
    height: 30 + rows * PANEL.height,
    says: `By ${name}, both axes logarithmic: ${curves.map(told).join('; ')}`,
    option: {
      title: [
        {
          text: `By ${name}. Both axes are logarithmic.`,
          left: 8,
          top: 6,
          textStyle: { ...MUTED, width: width - 16, overflow: 'break' },
        },
        ...curves.map(({ figure }, at) => ({
          text: figure,
          left: places[at].left + 8,
          top: places[at].top + 6,
          textStyle: { ...TEXT, fontWeight: 'bold' },
        })),
      ],
      grid: places.map(({ left, top }) => ({
        left: left + PANEL.left,
        top: top + PANEL.top,
        width: panelWidth - PANEL.left - PANEL.right,
        height: PANEL.height - PANEL.top - PANEL.bottom,
      })),
      xAxis: curves.map(({ points }, gridIndex) => {
        const ats = points.map(({ at }) => at);
        const base = ats.every((at) => Number.isInteger(Math.log2(at) / 2)) ? 4 : 10;
        // Room beside the first and the last point, for what is written over them.
        const room = (Math.max(...ats) / Math.min(...ats)) ** 0.1;
        return axis(horizontal, {
          gridIndex,
          nameLocation: 'middle',
          nameGap: 22,
          logBase: base,
          min: Math.min(...ats) / room,
          max: Math.max(...ats) * room,
          axisLabel: { ...MUTED, formatter: short, showMinLabel: false, showMaxLabel: false },
        });
      }),
      yAxis: curves.map(({ points, unit }, gridIndex) => {
        const values = points.map(({ value }) => value);
        const low = decade(Math.min(...values));
        // At least one decade, so that what stays the same looks the same, and room above for the highest label.
        const high = Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(...values) * 1.6)));
        return axis(unit, {
          gridIndex,
          min: low,
          max: high,
          nameGap: 8,
          nameTextStyle: { ...MUTED, align: 'right', padding: [0, 6, 0, 0] },
        });
      }),
      series: curves.map(({ points }, at) => ({
        type: 'line',
        xAxisIndex: at,
        yAxisIndex: at,
        data: points.map(({ at: x, value }, index) => ({
          value: [x, value],
          label: { position: side(points, index) },
        })),
        symbol: 'circle',
        symbolSize: 7,
        clip: false,
        lineStyle: { color: COLOUR.ours, width: 2 },
        itemStyle: { color: COLOUR.ours },
        label: {
          show: true,
          formatter: ({ value }) => short(value[1]),
          ...TEXT,
          fontSize: 11,
          textBorderColor: COLOUR.ground,
          textBorderWidth: 3,
        },
      })),
    },
  };
}

/** Where a line bends upwards it would run through what stands above the point. */
function side(points, index) {
  const [before, here, after] = [index - 1, index, index + 1].map((at) => points[at]);
  if (!before || !after) return 'top';
  const slope = (from, to) => Math.log(to.value / from.value) / Math.log(to.at / from.at);
  return slope(here, after) > slope(before, here) + 0.1 && here.value > 2 * decade(here.value) ? 'bottom' : 'top';
}

function told({ figure, unit, points }) {
  return `${figure} ${points.map(({ at, value }) => `${short(value)} ${unit} at ${short(at)}`).join(', ')}`;
}

function decade(value) {
  return 10 ** Math.floor(Math.log10(value) + 1e-9);
}
