import { canonicalLabels, type MetricFamily, seriesText } from '../model/index.js';
import { familyHead } from './family-head.js';
import { formatNumber } from './format-number.js';

/** Text format 0.0.4 of families that are whole; one without samples is left out, as by `formatFamilies`. */
export function familiesAsText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ values }) => values.length > 0)
    .map((family) => headAndSamples(family))
    .join('');
}

function headAndSamples({ name, help, type, values }: MetricFamily): string {
  const lines = values.map(({ metricName, labels, value }) => {
    const names = Object.keys(labels);
    const values = names.map((label) => String(labels[label]));
    return `${seriesText(metricName, canonicalLabels(names, values))} ${formatNumber(value)}\n`;
  });
  return familyHead(name, help, type) + lines.join('');
}
