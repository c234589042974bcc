import type { Chart, PageState } from '../feed/page-state.js';
import { counted, numberText, spanText } from './shown-text.js';

const WIDTH = 160;
const HEIGHT = 36;

/** The last minutes, drawn by hand: a library of charts would be larger than the rest of the page. */
interface SparklineProps {
  readonly points: Chart | undefined;
  /** Of what; empty for values themselves. */
  readonly unit: string;
  readonly state: Pick<PageState, 'chartMs' | 'readings'>;
  readonly wide?: boolean;
}

export function Sparkline({ points, unit, state, wide = false }: SparklineProps) {
  const known = points?.filter((point) => point !== null) ?? [];
  if (points === undefined || known.length < 2)
    return <span class="spark none">{state.readings < 6 ? 'no history yet' : 'no chart'}</span>;
  const highest = Math.max(...known);
  const lowest = Math.min(...known);
  const bottom = lowest >= 0 && unit !== '' ? 0 : lowest;
  const height = highest - bottom;
  const x = (at: number): number => (at / (points.length - 1)) * WIDTH;
  const y = (value: number): number =>
    height === 0 ? (highest === 0 ? HEIGHT - 2 : HEIGHT / 2) : HEIGHT - 2 - ((value - bottom) / height) * (HEIGHT - 4);
  const line: string[] = [];
  let first: number | undefined;
  let last = 0;
  points.forEach((point, at) => {
    if (point === null) return;
    first ??= at;
    last = at;
    line.push(`${x(at).toFixed(1)},${y(point).toFixed(1)}`);
  });
  const area = `${x(first ?? 0).toFixed(1)},${HEIGHT} ${line.join(' ')} ${x(last).toFixed(1)},${HEIGHT}`;
  const range = height === 0 ? `steady at ${numberText(highest)}` : `${numberText(lowest)} to ${numberText(highest)}`;
  const label = `Last ${spanText(state.chartMs)}: ${range}${unit}`;
  return (
    <svg
      class={wide ? 'spark wide' : 'spark'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <polygon class="area" points={area} />
      <polyline class="line" points={line.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

type BucketCounts = readonly (readonly [bound: string, count: number])[];

/** How often each bucket of a histogram was hit. */
export function Buckets({ buckets, large }: { buckets: BucketCounts; large: boolean }) {
  const highest = Math.max(1, ...buckets.map(([, count]) => count));
  const step = 100 / buckets.length;
  const label = `Observations by bucket: ${buckets.map(([bound, count]) => `up to ${bound}: ${numberText(count)}`).join(', ')}`;
  return (
    <figure class={large ? 'buckets large' : 'buckets'}>
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
        {buckets.map(([bound, count], at) => {
          const height = count === 0 ? 0.6 : Math.max(1.5, (count / highest) * 39);
          return (
            <rect
              x={at * step + step * 0.1}
              width={step * 0.8}
              y={40 - height}
              height={height}
              class={count === 0 ? 'empty' : ''}
            >
              <title>{`up to ${bound}: ${counted(count, 'observation')}`}</title>
            </rect>
          );
        })}
      </svg>
      {large && (
        <figcaption aria-hidden="true">
          {buckets.map(([bound, count]) => (
            <span>
              <b>{numberText(count)}</b>≤ {bound}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
