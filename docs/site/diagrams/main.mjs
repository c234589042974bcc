/** `npm run docs:diagrams`: docs/diagrams/*.svg, each for wide and for narrow pages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../pages.mjs';
import { dataWay } from './data-way.mjs';
import { severalGateways } from './several-gateways.mjs';

const OUT = join(ROOT, 'docs/diagrams');
mkdirSync(OUT, { recursive: true });
for (const [name, { wide, narrow }] of Object.entries({ 'data-way': dataWay, 'several-gateways': severalGateways })) {
  writeFileSync(join(OUT, `${name}.svg`), wide());
  writeFileSync(join(OUT, `${name}-narrow.svg`), narrow());
}
