/** What is used here of Grafana's dashboards, schema version 42 (Grafana 12 and 13; older ones read it as well). */

export interface DataSource {
  readonly type: 'prometheus';
  readonly uid: string;
}

/** A query, and how its lines are called. */
export interface Target {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: 'time_series' | 'heatmap';
  /** Shows one moment: the end of the time range. */
  readonly instant?: true;
  readonly range?: false;
}

export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Threshold {
  readonly color: string;
  readonly value: number | null;
}

export interface FieldDefaults {
  readonly unit: string;
  readonly min?: number;
  readonly decimals?: number;
  readonly noValue?: string;
  readonly thresholds?: { readonly mode: 'absolute'; readonly steps: readonly Threshold[] };
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A panel without its place. */
export interface Content {
  readonly type: 'timeseries' | 'heatmap' | 'stat';
  readonly title: string;
  readonly description: string;
  readonly datasource: DataSource;
  /** The shortest step: what is pushed every 15 s has nothing to say in between. */
  readonly interval?: string;
  readonly targets: readonly Target[];
  readonly fieldConfig: { readonly defaults: FieldDefaults; readonly overrides: readonly [] };
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Panel extends Content {
  readonly id: number;
  readonly gridPos: GridPos;
}

/** A heading, which hides what stands below it when it is clicked. */
export interface Row {
  readonly id: number;
  readonly type: 'row';
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPos;
  readonly panels: readonly [];
}

export interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: 'datasource' | 'query';
  readonly query: string;
  readonly datasource?: DataSource;
  readonly refresh?: 2;
  readonly sort?: 1;
  readonly multi?: true;
  readonly includeAll?: true;
  readonly allValue?: string;
  readonly current?: { readonly text: readonly string[]; readonly value: readonly string[] };
}

/** A dashboard as Grafana imports it, or finds it in a folder that it is told to read. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: 42;
  readonly editable: true;
  readonly graphTooltip: 1;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timezone: 'browser';
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly (Panel | Row)[];
}
