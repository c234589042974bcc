import { promqlLabel } from '../../../lib/model/index.js';

export interface GrafanaDashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: {
    readonly list: readonly { readonly type: string; readonly query: string; readonly name: string }[];
  };
}

/** Everything that a dashboard asks Prometheus, as Grafana sends it while all is chosen: PromQL by the panel that it is for. */
export function queriesOf({ panels, templating }: GrafanaDashboard): [panel: string, promql: string][] {
  const shown = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }): [string, string] => [title, interpolated(expr)]),
  );
  const chosen = templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }): [string, string] => {
      const [, selector, label] = /^label_values\((.*), (.+)\)$/.exec(query) ?? [];
      if (selector === undefined || label === undefined) throw new Error(`Not a query for a variable: ${query}`);
      return [`$${name}`, `count by (${promqlLabel(label)}) (${interpolated(selector)})`];
    });
  return [...shown, ...chosen];
}

/** With the windows of a dashboard of the last minute. */
function interpolated(expr: string): string {
  const known: Record<string, string> = { __rate_interval: '20s', __range: '1m' };
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => known[name] ?? '.*');
}

interface Answer {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly { readonly value?: [time: number, value: string]; readonly histogram?: unknown }[];
  };
}

/**
 * Queries that give nothing, or only `NaN`, and those that Prometheus refuses.
 * @param prometheus Its address.
 */
export async function unanswered(
  prometheus: string,
  queries: readonly (readonly [panel: string, promql: string])[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const [panel, promql] of queries) {
    const body = new URLSearchParams({ query: promql });
    const response = await fetch(`http://${prometheus}/api/v1/query`, { method: 'POST', body });
    const { data, error = 'nothing' } = (await response.json()) as Answer;
    const isAnswered = data?.result.some(({ value, histogram }) => histogram !== undefined || value?.[1] !== 'NaN');
    if (!isAnswered) missing.push(`${panel}: ${promql}: ${error}`);
  }
  return missing;
}
