import { type Group, groupingLabels, matchersOf } from '../model/index.js';

/** Labels of our series beside those that are pushed: option `prometheus.labels`. */
export type FurtherLabels = Readonly<Record<string, string>>;

/** A group's labels in Prometheus, each with its value. */
export function labelsInPrometheus(group: Group, further: FurtherLabels = {}): (readonly [string, string])[] {
  return [...groupingLabels(group), ...Object.entries(further)];
}

/** Matchers for a selector of a group's series: `job="shop",instance="one"`. */
export function groupMatchers(group: Group, further?: FurtherLabels): string {
  return matchersOf(labelsInPrometheus(group, further));
}
