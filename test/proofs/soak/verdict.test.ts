import { fit, type Point, secondHalf, trendOf } from './verdict.js';

/** A value a second. */
function points(values: readonly number[]): Point[] {
  return values.map((value, second) => ({ second, value }));
}

function every(seconds: number, value: (second: number) => number): Point[] {
  return points(Array.from({ length: seconds }, (_, second) => value(second)));
}

describe('fit', () => {
  it('finds the line that the points lie on', () => {
    const { slope, intercept } = fit(every(10, (second) => 3 + 2 * second));
    expect(slope).toBeCloseTo(2);
    expect(intercept).toBeCloseTo(3);
  });

  it('finds the best line through points that lie on none', () => {
    const { slope, intercept } = fit(points([0, 2, 1, 3]));
    expect(slope).toBeCloseTo(0.8);
    expect(intercept).toBeCloseTo(0.3);
  });

  it('is level through one point', () => {
    expect(fit([{ second: 5, value: 7 }])).toEqual({ slope: 0, intercept: 7 });
  });
});

describe('trendOf', () => {
  it('looks at the second half only: the first one warms up', () => {
    const { isFlat, rise, mean } = trendOf(
      every(100, (second) => (second < 50 ? second : 50)),
      0,
    );
    expect({ isFlat, rise, mean }).toEqual({ isFlat: true, rise: 0, mean: 50 });
  });

  it('sees growth through noise', () => {
    const noise = [0, 9, -4, 2, -7];
    const steady = every(600, (second) => 100 + (noise[second % 5] as number));
    const growing = every(600, (second) => 100 + (noise[second % 5] as number) + second / 40);
    expect(trendOf(steady, 1)).toMatchObject({ isFlat: true });
    expect(trendOf(growing, 1)).toMatchObject({ isFlat: false });
    expect(trendOf(growing, 1).rise).toBeCloseTo(300 / 40, 0);
  });

  it('tolerates a twentieth of the mean, and what it is told to', () => {
    // From second 50 to 99: a rise of 4.9.
    const slow = every(100, (second) => 100 + second / 10);
    expect(trendOf(slow, 0)).toMatchObject({ isFlat: true });
    const small = every(100, (second) => second / 10);
    expect(trendOf(small, 4)).toMatchObject({ isFlat: false });
    expect(trendOf(small, 5)).toMatchObject({ isFlat: true });
  });

  it('takes what shrinks for flat', () => {
    expect(
      trendOf(
        every(100, (second) => 1_000 - 10 * second),
        0,
      ),
    ).toMatchObject({ isFlat: true });
  });

  it('knows the second half by time, not by the number of points', () => {
    const gaps = [0, 1, 2, 3, 4, 50, 90, 100].map((second) => ({ second, value: 1 }));
    expect(secondHalf(gaps).map(({ second }) => second)).toEqual([50, 90, 100]);
  });

  it('refuses to judge too few points', () => {
    expect(() => trendOf([{ second: 0, value: 1 }], 0)).toThrow('Expected at least 2 points in the second half, got 1');
  });
});
