import type { Group } from '../model/index.js';

/** The grouping label that tells the group of one process from that of another. */
export const PROCESS_LABEL = 'process';
/** How the values of {@link PROCESS_LABEL} end that are made here: no other group is taken for one of a process. */
const MADE_HERE = /-[0-9a-f]{8}$/;

/** Whether it is the group of one process, which gives signs of life of its own. */
export function isOfProcess({ labels }: Group): boolean {
  return MADE_HERE.test(labels[PROCESS_LABEL] ?? '');
}
