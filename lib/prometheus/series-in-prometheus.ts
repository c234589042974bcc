import {
  anyOf,
  canonicalLabels,
  type KnownSeries,
  matchersOf,
  parseLabels,
  type ResolvedDefinition,
  selectorOf,
} from '../model/index.js';
import { type FurtherLabels, labelsInPrometheus } from './group-matchers.js';
import type { PrometheusClient } from './prometheus-client.js';

/** Not among the labels of a definition: the overflow series has it. */
const OVERFLOW_LABEL = 'overflow';

export function knownSeries(
  prometheus: Pick<PrometheusClient, 'series' | 'address'>,
  further?: FurtherLabels,
): KnownSeries {
  return {
    address: prometheus.address,
    identify: (definition, labels) => identityOf(definition, parseLabels(labels)),
    among: async (group, definition, labels = '') => {
      const own = Object.entries(parseLabels(labels)).filter(([, value]) => value !== '');
      const found = await prometheus.series(
        selectorFor(definition, matchersOf([...labelsInPrometheus(group, further), ...own])),
      );
      return new Set(found.map((series) => identityOf(definition, series)));
    },
  };
}

/** The line whose step from 0 tells that something was counted. A native histogram has it only where Prometheus does not store it as one. */
function selectorFor({ name, type, native }: ResolvedDefinition, matchers: string): string {
  if (native) return `{${anyOf('__name__', [name, `${name}_count`])},${matchers}}`;
  return selectorOf(type === 'histogram' || type === 'summary' ? `${name}_count` : name, matchers);
}

/**
 * Only the metric's own labels: scrape configurations add others. To Prometheus an empty label is no label.
 */
function identityOf({ labelNames }: ResolvedDefinition, labels: Readonly<Record<string, string>>): string {
  const names = [...new Set([...labelNames, OVERFLOW_LABEL])].filter((name) => (labels[name] ?? '') !== '');
  return canonicalLabels(
    names,
    names.map((name) => labels[name] as string),
  );
}
