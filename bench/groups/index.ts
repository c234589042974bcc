import type { Group } from '../harness/row.js';
import { counting } from './counting.js';
import { pushing } from './pushing.js';
import { sending } from './sending.js';

export const groups: readonly Group[] = [counting, sending, pushing];
