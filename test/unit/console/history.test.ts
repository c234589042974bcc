import { CHART_POINTS, History } from '../../../lib/console/feed/history.js';

const EVERY = 2_000;

/** A history with these values of `orders`, two seconds apart; undefined: it was not there. */
function historyOf(values: (number | undefined)[]): { history: History; now: number } {
  const history = new History();
  values.forEach((value, at) => {
    history.add(at * EVERY, value === undefined ? [] : [['orders', value]]);
  });
  return { history, now: (values.length - 1) * EVERY };
}

describe('the last minutes', () => {
  it('have no chart before there are two points', () => {
    const { history, now } = historyOf([5]);
    expect(history.chart('orders', now, false)).toBeUndefined();
    expect(history.chart('unknown', now, false)).toBeUndefined();
    expect(history.lastMinute('orders', now)).toBeUndefined();
  });

  it('end now', () => {
    const { history, now } = historyOf(Array.from({ length: 20 }, (_, at) => at));
    const chart = history.chart('orders', now, false);
    expect(chart).toHaveLength(CHART_POINTS);
    expect(chart?.at(-1)).toBe(19);
    expect(chart?.filter((point) => point !== null)).toHaveLength(20);
  });

  it('show counters as what they rise by a second, a fall as a new start', () => {
    const { history, now } = historyOf([100, 110, 120, 4, 14, 24, 34, 44]);
    const rates = history.chart('orders', now, true)?.filter((point) => point !== null);
    expect(rates).toEqual([5, 5, 2, 5, 5, 5, 5]);
    expect(history.lastMinute('orders', now)).toBe(64);
  });

  it('have gaps where nothing was', () => {
    const { history, now } = historyOf([1, undefined, undefined, undefined, undefined, undefined, 2]);
    const chart = history.chart('orders', now, false) ?? [];
    const known = chart.flatMap((point, at) => (point === null ? [] : [at]));
    expect((known[1] as number) - (known[0] as number)).toBeGreaterThan(1);
  });

  it('are bounded: in series, and in time', () => {
    const history = new History();
    const many = Array.from({ length: 6_000 }, (_, at): [string, number] => [`series ${at}`, at]);
    history.add(0, many);
    history.add(1, many);
    expect(history.size).toBe(5_000);
    for (let at = 2; at < 400; at++) history.add(at * EVERY, [['orders', at]]);
    expect(history.size).toBe(1);
    expect(history.chart('series 1', 399 * EVERY, false)).toBeUndefined();
    expect(history.chart('orders', 399 * EVERY, false)?.at(-1)).toBe(399);
    expect(history.chartMs(399 * EVERY)).toBe(5 * 60_000);
  });
});
