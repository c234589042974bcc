import { withNames } from './peers.mjs';
import { COLOUR, MUTED, TEXT, axis, short, wrapped } from './to-svg.mjs';

const ROW = { wide: 34, narrow: 70 };
const HEAD = 56;
const COLOURS = { aim: COLOUR.good, 'at least': COLOUR.ours, missed: COLOUR.bad };
/** Bars end here: sixteenfold of what is asked for shows as much as a hundredfold. */
const LONGEST = 16;

/** How each row with a target stands to it: 1 is "at least". */
export function targetsChart(results, width) {
  const row = width > 600 ? ROW.wide : ROW.narrow;
  const names = width > 600 ? 280 : 150;
  const rows = withNames(results)
    .filter(({ least }) => least !== undefined)
    .map((row) => ({
      ...row,
      reached: score(row, row.ratio),
      aimed: row.aim === undefined ? undefined : score(row, row.aim),
    }));
  return {
    width,
    height: HEAD + rows.length * row + 46,
    says: `How many times better than asked for at least: ${rows.map(({ name, reached }) => `${name} ${short(reached)}`).join('; ')}`,
    option: {
      legend: {
        top: 4,
        left: 8,
        itemWidth: 14,
        itemHeight: 10,
        textStyle: TEXT,
        selectedMode: false,
        data: ['reached', 'aim'],
      },
      grid: { left: names, top: HEAD, width: width - names - 54, height: rows.length * row },
      xAxis: axis('times better than "at least", logarithmic', {
        nameLocation: 'middle',
        nameGap: 24,
        logBase: 2,
        min: 0.5,
        max: LONGEST,
      }),
      yAxis: [
        rowAxis(rows.map(({ name }) => wrapped(name, names - 16))),
        { ...rowAxis(rows.map(({ reached }) => `${short(reached)}x`)), position: 'right', axisLine: { show: false } },
      ],
      series: [
        {
          name: 'reached',
          type: 'bar',
          barWidth: 13,
          itemStyle: { color: COLOUR.ours },
          data: rows.map(({ reached, verdict }) => ({
            value: Math.min(reached, LONGEST),
            itemStyle: { color: COLOURS[verdict] },
          })),
          markLine: {
            silent: true,
            symbol: 'none',
            label: { formatter: 'at least', ...MUTED, color: COLOUR.text, position: 'start' },
            lineStyle: { color: COLOUR.text, type: 'solid', width: 1.5 },
            data: [{ xAxis: 1 }],
          },
        },
        {
          name: 'aim',
          type: 'scatter',
          symbol: 'diamond',
          symbolSize: 10,
          itemStyle: { color: COLOUR.ground, borderColor: COLOUR.text, borderWidth: 1.5 },
          data: rows
            .map(({ aimed }) => (aimed === undefined ? null : Math.min(aimed, LONGEST)))
            .map((value, at) => [value, at]),
        },
      ],
    },
  };
}

function rowAxis(data) {
  return {
    type: 'category',
    inverse: true,
    data,
    axisLabel: { ...MUTED, color: COLOUR.text, interval: 0, lineHeight: 13 },
    axisLine: { lineStyle: { color: COLOUR.muted } },
    axisTick: { show: false },
  };
}

/** As bench/harness/judge.ts does: more than 1 is better than the target, in the same measure for all comparisons. */
function score({ compare, least }, ratio) {
  if (compare === 'faster') return ratio / least;
  return ratio <= 0 ? LONGEST : least / ratio;
}
