import { COLOUR, MUTED, TEXT, axis, short, wrapped } from './to-svg.mjs';

const ROW = { wide: 46, narrow: 78 };
const HEAD = 58;
const BETWEEN = 84;
/** Nanoseconds a call and milliseconds a piece of work have nothing in common but the paper. */
const UNITS = { ns: 'a call, ns', ms: 'a piece of work, ms' };

/** Us and those it is compared with, as bars from the shortest axis mark on: logarithmic, so that 6 and 655 are both seen. */
export function peersChart(results, width) {
  const isWide = width > 600;
  const names = isWide ? 240 : 130;
  const rows = withNames(results).filter(({ compare, peerValue }) => compare === 'faster' && peerValue !== undefined);
  let top = HEAD;
  const panels = Object.entries(UNITS).map(([unit, says]) => {
    const its = rows.filter((row) => row.unit === unit);
    const panel = { says, rows: its, top, height: its.length * (isWide ? ROW.wide : ROW.narrow) };
    top += panel.height + BETWEEN;
    return panel;
  });
  const bars = (name, colour, valueOf) =>
    panels.map((panel, at) => ({
      name,
      type: 'bar',
      xAxisIndex: at,
      yAxisIndex: at,
      barWidth: 15,
      barGap: '10%',
      itemStyle: { color: colour },
      data: panel.rows.map(valueOf),
      label: { show: true, position: 'right', formatter: ({ value }) => short(value), ...TEXT, fontSize: 11 },
    }));
  return {
    width,
    height: top - BETWEEN + 50,
    says: `Us and others, less is better: ${rows.map(({ name, usValue, peerValue, unit }) => `${name}: ${short(usValue)} and ${short(peerValue)} ${unit}`).join('; ')}`,
    option: {
      legend: {
        top: 4,
        left: 8,
        itemWidth: 14,
        itemHeight: 10,
        textStyle: TEXT,
        data: ['us', 'what it is compared with'],
        selectedMode: false,
      },
      title: panels.map(({ says, top: at }) => ({
        text: `${says}: less is better`,
        left: 8,
        top: at - 26,
        textStyle: { ...TEXT, fontWeight: 'bold' },
      })),
      grid: panels.map(({ top: at, height }) => ({ left: names, top: at, height, width: width - names - 62 })),
      xAxis: panels.map(({ says, rows: its }, gridIndex) => {
        const values = its.flatMap(({ usValue, peerValue }) => [usValue, peerValue]);
        return axis(`${says.split(', ')[1]}, logarithmic`, {
          gridIndex,
          nameLocation: 'middle',
          nameGap: 24,
          min: 10 ** Math.floor(Math.log10(Math.min(...values))),
          max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
        });
      }),
      yAxis: panels.map(({ rows: its }, gridIndex) => ({
        type: 'category',
        gridIndex,
        inverse: true,
        data: its.map(({ name }) => wrapped(name, names - 16)),
        axisLabel: { ...MUTED, color: COLOUR.text, interval: 0, lineHeight: 13 },
        axisLine: { lineStyle: { color: COLOUR.muted } },
        axisTick: { show: false },
      })),
      series: [
        ...bars('us', COLOUR.ours, ({ usValue }) => usValue),
        ...bars('what it is compared with', COLOUR.other, ({ peerValue }) => peerValue),
      ],
    },
  };
}

/** What says something only beneath the row before it. */
const WORDS = [
  ['of these', 'of 1M incs'],
  ['that push', 'a push of 100k series'],
  [', against', ' against'],
];

/** "the same against x" says what only beside the row before it. */
export function withNames(results) {
  let last = '';
  return results.map((row) => {
    const isFurther = row.name.startsWith('the same');
    if (!isFurther) last = row.name.split(', against')[0];
    const name = isFurther ? `${last}${row.name.slice('the same'.length)}` : row.name;
    return { ...row, name: WORDS.reduce((text, [from, to]) => text.replace(from, to), name) };
  });
}
