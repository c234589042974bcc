import { promqlLabel } from '../../model/index.js';
import type { Content, Dashboard, Panel, Row, Variable } from './model.js';
import { DATA_SOURCE } from './panels.js';

const COLUMNS = 24;
const HEIGHT = 8;

/** A heading with the panels below it, which share the width; each with its part of 24 columns. */
export interface Section {
  readonly title: string;
  readonly panels: readonly (readonly [columns: number, panel: Content])[];
}

export interface DashboardInput {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}

/** The whole of a dashboard, places and numbers of its panels included. */
export function dashboard({ uid, title, about, variables, sections }: DashboardInput): Dashboard {
  return {
    uid,
    title,
    description: about,
    tags: ['nestjs-prometheus-pushgateway'],
    schemaVersion: 42,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, ...variables] },
    panels: placed(sections),
  };
}

/** Its text, as it is written to a file. */
export const dashboardText = (content: Dashboard): string => `${JSON.stringify(content, undefined, 2)}\n`;

function placed(sections: readonly Section[]): (Panel | Row)[] {
  const all: (Panel | Row)[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
    all.push({ id: all.length + 1, type: 'row', title, collapsed: false, gridPos, panels: [] });
    y += 1;
    let x = 0;
    for (const [w, panel] of panels) {
      if (x + w > COLUMNS) [x, y] = [0, y + HEIGHT];
      all.push({ id: all.length + 1, ...panel, gridPos: { x, y, w, h: HEIGHT } });
      x += w;
    }
    y += HEIGHT;
  }
  return all;
}

/**
 * A choice of values of a label, all of them at first: `label=~"$label"` in a selector. All includes series that do not have the label.
 *
 * @param selector Series that have it: a metric, with what was chosen before.
 */
export function choice(label: string, selector: string): Variable {
  const name = variableOf(label);
  return {
    name,
    ...(name !== label && { label }),
    type: 'query',
    datasource: DATA_SOURCE,
    query: `label_values(${selector}, ${label})`,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
}

/** Grafana takes letters, digits and `_`: any other sign of a label's name is its code point there. */
function variableOf(label: string): string {
  return label.replaceAll(/\W/gu, (sign) => `_${(sign.codePointAt(0) as number).toString(16)}_`);
}

/** Job and instance: of everything that is pushed. */
export function pushers(): Variable[] {
  return [choice('job', 'push_time_seconds'), choice('instance', `push_time_seconds{${chosen(['job'])}}`)];
}

/** `job=~"$job", instance=~"$instance"`: what was chosen at the top. */
export function chosen(labels: readonly string[], ...further: readonly string[]): string {
  return [...labels.map((label) => `${promqlLabel(label)}=~"$${variableOf(label)}"`), ...further].join(', ');
}
