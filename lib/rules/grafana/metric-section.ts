import { type MetricType, type ResolvedDefinition, selectorOf } from '../../model/index.js';
import { chosen, type Section } from './dashboard.js';
import { heatMap, lines, number, type PanelInput } from './panels.js';
import { histogramQueries, legend, rate, sumBy } from './promql.js';
import { unitsOf } from './units.js';

/** What the panels of a metric need to know. */
export interface MetricView {
  readonly definition: ResolvedDefinition;
  /** Labels of its series that can be chosen at the top. */
  readonly choices: readonly string[];
  /** Shortest step, as Prometheus writes it. */
  readonly step: string;
}

/** A row for a metric: what is worth seeing follows from its type. */
export function metricSection(view: MetricView): Section {
  const { name, type, help } = view.definition;
  return { title: `${name}: ${help}`, panels: PANELS[type](view) };
}

/** Names of the series that have all labels of a metric: of a summary `x`, for example, `x_count`. */
export function plainSeries({ name, type, buckets, native }: ResolvedDefinition): string[] {
  if (type === 'summary') return [`${name}_count`];
  if (type !== 'histogram') return [name];
  // Of a histogram with both kinds of buckets Prometheus stores the one it is told to.
  return [...(buckets.length > 0 ? [`${name}_count`] : []), ...(native ? [name] : [])];
}

const PANELS: Readonly<Record<MetricType, (view: MetricView) => Section['panels']>> = {
  counter({ definition: { name, labelNames }, choices, step }) {
    const series = selectorOf(name, chosen(choices));
    const units = unitsOf(name);
    const growth = { expr: sumBy(labelNames, rate(series)), legend: legend(name, labelNames) };
    const sum = { expr: `sum(increase(${series}[$__range]))`, legend: name };
    const resets = { expr: `sum(resets(${series}[$__range]))`, legend: name };
    const warning =
      'More than 0: it was reset, or two gateways show it, and then the panels beside this one are too high.';
    return [
      [14, lines({ title: 'Each second', about: 'How fast it grows.', unit: units.rate, step, queries: [growth] })],
      [5, number({ title: 'In this time', about: 'By how much it grew.', unit: units.value, queries: [sum] })],
      [5, number({ title: 'Steps back', about: warning, unit: 'short', queries: [resets] }, { red: 1 })],
    ];
  },

  gauge({ definition: { name, labelNames }, choices, step }) {
    const series = selectorOf(name, chosen(choices));
    // A moment is read as how long ago it was; 0 is never.
    const isMoment = name.endsWith('_timestamp_seconds');
    const value: PanelInput = {
      title: isMoment ? 'How long ago' : 'Value',
      about: 'As it was pushed last.',
      unit: unitsOf(name).value,
      step,
      queries: [
        { expr: isMoment ? `time() - (${series} > 0)` : series, legend: legend(name, [...labelNames, 'instance']) },
      ],
    };
    return [
      [16, lines(value)],
      [8, number({ ...value, title: 'Now' })],
    ];
  },

  histogram({ definition, choices, step }) {
    const { name, labelNames } = definition;
    const unit = unitsOf(name).value;
    const queries = histogramQueries(definition, chosen(choices));
    return [
      [8, lines({ ...QUANTILES, unit, step, queries: [atRank(0.5), atRank(0.9), atRank(0.99)] })],
      [8, heatMap({ ...DISTRIBUTION, unit, step, queries: [{ expr: queries.distribution(), legend: '{{le}}' }] })],
      [8, observations(queries.observations(labelNames), legend(name, labelNames), step)],
    ];

    function atRank(rank: number): PanelInput['queries'][0] {
      return { expr: queries.quantile(rank), legend: `${rank * 100} %` };
    }
  },

  summary({ definition: { name, labelNames, maxAgeSeconds }, choices, step }) {
    const unit = unitsOf(name).value;
    const part = (suffix: string): string => sumBy(labelNames, rate(selectorOf(`${name}_${suffix}`, chosen(choices))));
    const quantiles = {
      expr: selectorOf(name, chosen(choices, 'quantile!=""')),
      legend: legend(name, ['quantile', ...labelNames, 'instance']),
    };
    const mean = { expr: `${part('sum')} / ${part('count')}`, legend: legend(name, labelNames) };
    const about = `Of the last ${maxAgeSeconds} s and all replicas, within 1 %.`;
    return [
      [8, lines({ title: 'Quantiles', about, unit, step, queries: [quantiles] })],
      [8, lines({ title: 'Mean', about: 'Of what was observed since the last point.', unit, step, queries: [mean] })],
      [8, observations(part('count'), mean.legend, step)],
    ];
  },
};

export const QUANTILES = {
  title: 'Quantiles',
  about: 'So many observations were at the most this large, by the bounds of the buckets.',
};

export const DISTRIBUTION = {
  title: 'Distribution',
  about: 'How many observations fell between which bounds: the darker, the more.',
};

function observations(expr: string, name: string, step: string): Section['panels'][0][1] {
  const queries: PanelInput['queries'] = [{ expr, legend: name }];
  return lines({
    title: 'Observations each second',
    about: 'How often something was observed.',
    unit: 'cps',
    step,
    queries,
  });
}
