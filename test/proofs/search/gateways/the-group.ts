import type { Group } from '../../../../lib/model/index.js';

/** The one that everybody pushes. */
export const group: Group = { job: 'shop', instance: 'one', labels: {} };
