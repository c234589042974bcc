import { hostname } from 'node:os';
import { familyOf, formatNumber } from '../../exposition/index.js';
import { type HistogramValue, parseLabels, type Series, type SummaryValue } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { Known } from './console-feed.js';
import type { FamilyState, Num, PageState, SeriesState } from './page-state.js';
import { type FamilyReading, keyOf, numberOf, totalOf } from './reading.js';
import { found, type View } from './view.js';

const FAMILIES_A_PAGE = 50;
const SERIES_A_PAGE = 50;
/** A longer label value is cut: the page is for people. */
const LONGEST_VALUE = 500;
const PUSHES = 20;

export interface About {
  readonly options: ResolvedOptions;
  readonly storeAddress: string;
  readonly actions: boolean;
  readonly viewers: number;
}

/** What a viewer is shown of what is known. */
export function stateOf(known: Known, view: View, { options, storeAddress, actions, viewers }: About): PageState {
  const { reading, storeError, findings, examinedAt } = known;
  const all = reading?.families ?? [];
  const matching = found(all, view);
  const pages = Math.max(1, Math.ceil(matching.length / FAMILIES_A_PAGE));
  const page = Math.min(view.page, pages - 1);
  const shown = matching.slice(page * FAMILIES_A_PAGE, (page + 1) * FAMILIES_A_PAGE);
  const wholes = new Map(all.map((family) => [keyOf(family), family]));
  return {
    at: Date.now(),
    process: `${hostname()}:${process.pid}`,
    actions,
    viewers,
    store: {
      address: storeAddress,
      isMemory: options.redis === 'memory',
      ...(storeError !== undefined && { error: storeError }),
      ...(reading && { readAt: reading.at, tookMs: reading.tookMs }),
    },
    jobs: options.jobs,
    totals: { families: all.length, series: reading?.series ?? 0, isCut: reading?.isCut ?? false },
    readings: known.history.readings,
    chartMs: known.history.chartMs(reading?.at ?? 0),
    found: {
      families: matching.length,
      series: matching.reduce((sum, { series }) => sum + series.length, 0),
      page,
      pages,
    },
    families: shown.map((family) => familyState(family, wholes.get(keyOf(family)) === family, known, view)),
    strategy: options.strategy,
    groups: (reading?.groups ?? []).map(({ pushedAt, forgotten, ...group }) => ({
      ...group,
      ...(pushedAt && { pushedAt: pushedAt.toISOString() }),
      forgotten: Object.fromEntries(Object.entries(forgotten).map(([gateway, at]) => [gateway, at.toISOString()])),
    })),
    pushes: known.pushes.slice(0, PUSHES).map(({ error: _, ...push }) => push),
    servers: known.servers,
    doctor: {
      isExamining: known.isExamining,
      ...(examinedAt !== undefined && { at: examinedAt }),
      ...(findings && { findings }),
    },
  };
}

function familyState(family: FamilyReading, isWhole: boolean, { history, reading }: Known, view: View): FamilyState {
  const { job, definition, series } = family;
  const { name, type, help, labelNames } = definition;
  const isOpen = view.open?.job === job && view.open.name === name;
  const now = reading?.at ?? 0;
  return {
    job,
    name,
    type,
    help,
    labelNames,
    series: series.length,
    ...(series.length > 0 && { total: num(totalOf(family)) }),
    ...(isWhole && chartOf(keyOf(family))),
    ...(isOpen && { open: openState() }),
  };

  function chartOf(key: string): Pick<FamilyState, 'chart' | 'lastMinute'> {
    const asRate = type !== 'gauge';
    const chart = history.chart(key, now, asRate)?.map((point) => (point === null ? null : rounded(point)));
    const lastMinute = asRate ? history.lastMinute(key, now) : undefined;
    return { ...(chart && { chart }), ...(lastMinute !== undefined && { lastMinute: num(lastMinute) }) };
  }

  function openState(): Required<FamilyState>['open'] {
    const sorted =
      view.sort === 'value'
        ? series.toSorted((a, b) => numberOf(definition, b.value) - numberOf(definition, a.value))
        : series;
    const pages = Math.max(1, Math.ceil(sorted.length / SERIES_A_PAGE));
    const page = Math.min(view.seriesPage, pages - 1);
    const rows = sorted.slice(page * SERIES_A_PAGE, (page + 1) * SERIES_A_PAGE);
    return { page, pages, rows: rows.map(seriesState) };
  }

  function seriesState(one: Series): SeriesState {
    return {
      labels: Object.entries(parseLabels(one.labels)).map(([label, value]) => [label, cut(value)] as const),
      value: num(numberOf(definition, one.value)),
      ...chartOf(keyOf(family, one.labels)),
      ...detailOf(one),
    };
  }

  function detailOf(one: Series): Pick<SeriesState, 'sum' | 'buckets' | 'quantiles'> {
    if (type === 'histogram') {
      const { counts, sum } = one.value as HistogramValue;
      const bounds = [...definition.buckets, Infinity];
      return {
        sum: num(sum),
        buckets: counts.map((count, at) => [formatNumber(bounds[at] as number), count] as const),
      };
    }
    if (type !== 'summary') return {};
    const { values } = familyOf(definition, [one], reading?.storeTime ?? Date.now());
    const ranked = values.filter(({ metricName }) => metricName === name);
    const quantiles = ranked.map(({ labels, value }) => [Number(labels['quantile']), num(value)] as const);
    return { sum: num((one.value as SummaryValue).sum), quantiles };
  }
}

function num(value: number): Num {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function cut(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}… (${value.length} characters)`;
}
