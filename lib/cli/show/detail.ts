import { familyOf, formatNumber } from '../../exposition/index.js';
import { type HistogramValue, parseLabels, type Series, type SummaryValue } from '../../model/index.js';
import { type FamilyValues, numberOf, type Shown, sorted } from './read-values.js';

/** The numbers of a series that a table shows, by the titles of their columns. */
export function detailOf(family: FamilyValues, series: Series): Record<string, number> {
  const { definition } = family;
  const count = numberOf(definition, series.value);
  if (definition.type === 'histogram') {
    const { sum } = series.value as HistogramValue;
    return { count, sum, mean: sum / count };
  }
  if (definition.type !== 'summary') return { value: count };
  const { sum } = series.value as SummaryValue;
  const quantiles = Object.entries(quantilesOf(family, series));
  return { count, sum, ...Object.fromEntries(quantiles.map(([quantile, value]) => [`q ${quantile}`, value])) };
}

/** What `--json` prints: one element for each metric of each job. */
export function plainFamilies(families: readonly FamilyValues[], shown: Shown, withSeries: boolean): object[] {
  return families.map((family) => {
    const { job, definition, seriesCount, total } = family;
    const { name, type, help, labelNames } = definition;
    return {
      job,
      name,
      type,
      help,
      labelNames,
      seriesCount,
      total: seriesCount === 0 ? null : plainNumber(total),
      ...(withSeries && {
        series: sorted(family, shown)
          .slice(0, shown.limit)
          .map((series) => ({ labels: { ...parseLabels(series.labels) }, ...plainValue(family, series) })),
      }),
    };
  });
}

function plainValue(family: FamilyValues, series: Series): object {
  const { definition } = family;
  const count = plainNumber(numberOf(definition, series.value));
  if (definition.type === 'summary') {
    const quantiles = Object.entries(quantilesOf(family, series)).map(([rank, value]) => [rank, plainNumber(value)]);
    const { sum } = series.value as SummaryValue;
    return { count, sum: plainNumber(sum), quantiles: Object.fromEntries(quantiles) as object };
  }
  if (definition.type !== 'histogram') return { value: count };
  const { counts, sum } = series.value as HistogramValue;
  let upTo = 0;
  const buckets = counts.map((more, at) => [formatNumber(definition.buckets[at] ?? Infinity), (upTo += more)]);
  return { count, sum: plainNumber(sum), buckets: Object.fromEntries(buckets) as object };
}

function quantilesOf({ definition, now }: FamilyValues, series: Series): Record<string, number> {
  const { values } = familyOf(definition, [series], now);
  const ranked = values.filter(({ metricName, labels }) => metricName === definition.name && 'quantile' in labels);
  return Object.fromEntries(ranked.map(({ labels, value }) => [labels['quantile'] as string, value]));
}

/** JSON has no NaN and no infinity: those are texts. */
export function plainNumber(value: number): number | string {
  return Number.isFinite(value) ? value : formatNumber(value);
}
