import type { Content, DataSource, FieldDefaults, Target, Threshold } from './model.js';

/** The data source that is chosen at the top of the dashboard. */
export const DATA_SOURCE: DataSource = { type: 'prometheus', uid: '${datasource}' };

/** PromQL, and how its lines are called: `{{label}}`, or a text where there is one line. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface PanelInput {
  readonly title: string;
  /** What is seen, and from when on it is bad: shown beside the title. */
  readonly about: string;
  readonly unit: string;
  readonly queries: readonly [Query, ...Query[]];
  /** Shortest step, as Prometheus writes it. */
  readonly step?: string;
}

/** Lines over time. */
export function lines({ title, about, unit, queries, step }: PanelInput): Content {
  return {
    type: 'timeseries',
    title,
    description: about,
    datasource: DATA_SOURCE,
    ...(step !== undefined && { interval: step }),
    targets: queries.map((query, at) => target(query, at)),
    fieldConfig: fields({ unit, custom: { fillOpacity: 10, showPoints: 'never' } }),
    options: {
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** One number for the time range, or for now. Green below the first limit, then orange, then red. */
export function number(input: PanelInput, limits: { orange?: number; red?: number } = {}): Content {
  const { title, about, unit, queries } = input;
  const steps: Threshold[] = [
    { color: 'green', value: null },
    ...(limits.orange === undefined ? [] : [{ color: 'orange', value: limits.orange }]),
    ...(limits.red === undefined ? [] : [{ color: 'red', value: limits.red }]),
  ];
  return {
    type: 'stat',
    title,
    description: about,
    datasource: DATA_SOURCE,
    targets: queries.map((query, at) => ({ ...target(query, at), instant: true, range: false })),
    fieldConfig: fields({ unit, noValue: '0', thresholds: { mode: 'absolute', steps } }),
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: 'auto',
      textMode: 'auto',
      wideLayout: true,
      colorMode: steps.length > 1 ? 'background' : 'value',
      graphMode: 'none',
      justifyMode: 'auto',
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    },
  };
}

/** How many observations fell into which bucket, over time. */
export function heatMap({ title, about, unit, queries, step }: PanelInput): Content {
  return {
    type: 'heatmap',
    title,
    description: about,
    datasource: DATA_SOURCE,
    ...(step !== undefined && { interval: step }),
    targets: queries.map((query, at) => ({ ...target(query, at), format: 'heatmap' })),
    fieldConfig: fields({ unit: 'short', custom: { scaleDistribution: { type: 'linear' } } }),
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Oranges', fill: 'dark-orange', exponent: 0.5, steps: 64, reverse: false },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', yHistogram: false, showColorScale: false },
      yAxis: { axisPlacement: 'left', unit, reverse: false },
    },
  };
}

function target({ expr, legend }: Query, at: number): Target {
  return {
    refId: String.fromCharCode(65 + at),
    datasource: DATA_SOURCE,
    expr,
    legendFormat: legend,
    format: 'time_series',
  };
}

const fields = (defaults: FieldDefaults): Content['fieldConfig'] => ({ defaults, overrides: [] });
