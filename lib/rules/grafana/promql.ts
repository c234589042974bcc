import { promqlLabel, type ResolvedDefinition, selectorOf } from '../../model/index.js';

/** Grafana's own: long enough for two scrapes, and for the step. */
const WINDOW = '[$__rate_interval]';

export const rate = (series: string): string => `rate(${series}${WINDOW})`;
export const increase = (series: string): string => `increase(${series}${WINDOW})`;

/** Over replicas, jobs and all labels but these. */
export function sumBy(labels: readonly string[], expr: string): string {
  return labels.length === 0 ? `sum(${expr})` : `sum by (${labels.map(promqlLabel).join(', ')}) (${expr})`;
}

/** How lines are called that differ in these labels. */
export function legend(name: string, labels: readonly string[]): string {
  return labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' ');
}

/** Queries of a histogram, by its classic buckets, its native ones, or whichever of the two Prometheus has stored. */
export interface HistogramQueries {
  quantile(rank: number, labels?: readonly string[]): string;
  distribution(): string;
  observations(labels: readonly string[]): string;
}

/** @param selector Matchers of labels, without braces. */
export function histogramQueries(
  { name, buckets, native }: Pick<ResolvedDefinition, 'name' | 'buckets' | 'native'>,
  selector: string,
): HistogramQueries {
  const whole = selectorOf(name, selector);
  const classic = (suffix: string): string => selectorOf(`${name}_${suffix}`, selector);
  const kinds = [...(buckets.length > 0 ? ['classic'] : []), ...(native ? ['native'] : [])];
  const either = (ofClassic: string, ofNative: string): string =>
    kinds.map((kind) => (kind === 'classic' ? ofClassic : ofNative)).join(' or ');
  return {
    quantile: (rank, labels = []) =>
      either(
        `histogram_quantile(${rank}, ${sumBy(['le', ...labels], rate(classic('bucket')))})`,
        `histogram_quantile(${rank}, ${sumBy(labels, rate(whole))})`,
      ),
    distribution: () => {
      const bars = sumBy(['le'], increase(classic('bucket')));
      const rest = kinds.length > 1 ? ` unless on () ${bars}` : '';
      return either(bars, `(${sumBy([], increase(whole))}${rest})`);
    },
    observations: (labels) =>
      either(sumBy(labels, rate(classic('count'))), `histogram_count(${sumBy(labels, rate(whole))})`),
  };
}
