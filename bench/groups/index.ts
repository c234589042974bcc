import type { Group } from '../harness/row.js';
import { bounded } from './bounded.js';
import { counting } from './counting.js';
import { formats } from './formats.js';
import { http } from './http.js';
import { million } from './million.js';
import { ordinary } from './ordinary.js';
import { pushing } from './pushing.js';
import { small } from './small.js';
import { process } from './process.js';
import { sending } from './sending.js';
import { starting } from './starting.js';
import { storing } from './storing.js';

/** In the order of the table. */
export const groups: readonly Group[] = [
  ordinary,
  small,
  counting,
  http,
  sending,
  pushing,
  formats,
  million,
  bounded,
  storing,
  starting,
  process,
];
