import { escapeLabelValue, type Group, groupingLabels } from '../model/index.js';

/** Matchers for a selector of a group's series: `job="shop",instance="one"`. PromQL escapes as the text format does. */
export function groupMatchers(group: Group): string {
  return groupingLabels(group)
    .map(([name, value]) => `${name}="${escapeLabelValue(value)}"`)
    .join(',');
}
