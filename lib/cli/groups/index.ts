export type { Ours } from './group-state.js';
export { groupsText, nameOf, plainGroups } from './groups-text.js';
export { readGroups } from './read-groups.js';
export { orphansOf, removeOrphans } from './remove-orphans.js';
