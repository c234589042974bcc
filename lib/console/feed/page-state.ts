/** What the page is told. Types only: the page imports them too. */
import type { Finding } from '../../doctor/index.js';
import type { GroupStatus, MetricType, PushResult } from '../../model/index.js';
import type { ServerAnswer } from './ask-servers.js';

/** JSON has no NaN and no infinity: those come as text. */
export type Num = number | 'NaN' | '+Inf' | '-Inf';
export type Chart = readonly (number | null)[];

export interface SeriesState {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: Num;
  readonly lastMinute?: Num;
  readonly chart?: Chart;
  /** Of histograms and summaries. */
  readonly sum?: Num;
  /** Of a histogram, not cumulative. */
  readonly buckets?: readonly (readonly [bound: string, count: number])[];
  readonly quantiles?: readonly (readonly [rank: number, value: Num])[];
}

export interface FamilyState {
  readonly job: string;
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** How many of them are as looked for. */
  readonly series: number;
  /** The sum; of gauges the highest. Absent without series. */
  readonly total?: Num;
  readonly lastMinute?: Num;
  readonly chart?: Chart;
  /** Of the family that is open: a page of its series. */
  readonly open?: { readonly page: number; readonly pages: number; readonly rows: readonly SeriesState[] };
}

export interface PageState {
  readonly at: number;
  readonly process: string;
  readonly actions: boolean;
  readonly viewers: number;
  readonly store: {
    readonly address: string;
    /** In this process' memory only. */
    readonly isMemory: boolean;
    readonly error?: string;
    /** When the values were read; absent: not yet. */
    readonly readAt?: number;
    readonly tookMs?: number;
  };
  readonly jobs: readonly string[];
  readonly totals: { readonly families: number; readonly series: number; readonly isCut: boolean };
  /** How many readings the charts are made of. */
  readonly readings: number;
  /** What they show. */
  readonly chartMs: number;
  readonly found: { readonly families: number; readonly series: number; readonly page: number; readonly pages: number };
  readonly families: readonly FamilyState[];
  readonly strategy: 'sticky' | 'broadcast';
  readonly groups: readonly (Omit<GroupStatus, 'pushedAt' | 'forgotten'> & {
    readonly pushedAt?: string;
    readonly forgotten: Record<string, string>;
  })[];
  readonly pushes: readonly (Omit<PushResult, 'error'> & { readonly at: number })[];
  readonly servers: readonly ServerAnswer[];
  readonly doctor: { readonly at?: number; readonly isExamining: boolean; readonly findings?: readonly Finding[] };
}
