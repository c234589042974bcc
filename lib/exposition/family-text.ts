import { canonicalLabels, type MetricFamily, metricNameText, seriesText } from '../model/index.js';
import { formatNumber } from './format-number.js';

/** Text format 0.0.4 of families that are whole; one without samples is left out, as by `formatFamilies`. */
export function familiesAsText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ values }) => values.length > 0)
    .map((family) => headAndSamples(family))
    .join('');
}

function headAndSamples({ name, help, type, values }: MetricFamily): string {
  const escaped = help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'));
  const lines = values.map(({ metricName, labels, value }) => {
    const names = Object.keys(labels);
    const values = names.map((label) => String(labels[label]));
    return `${seriesText(metricName, canonicalLabels(names, values))} ${formatNumber(value)}\n`;
  });
  const text = metricNameText(name);
  return `# HELP ${text} ${escaped}\n# TYPE ${text} ${type}\n${lines.join('')}`;
}
