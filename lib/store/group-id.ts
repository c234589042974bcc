import { type Group, groupingLabels, groupOf } from '../model/index.js';

/** A group as text, by which stores tell groups apart: equal for equal groups, however their labels are ordered. */
export function groupId(group: Group): string {
  return JSON.stringify(groupingLabels(group));
}

export function groupOfId(id: string): Group {
  return groupOf(JSON.parse(id) as [name: string, value: string][]);
}
