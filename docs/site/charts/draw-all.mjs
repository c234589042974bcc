import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../pages.mjs';
import { toSvg } from './to-svg.mjs';
import { growthCharts } from './growth.mjs';
import { peersChart } from './peers.mjs';
import { targetsChart } from './targets.mjs';

const WIDTHS = { '': 690, '-narrow': 380 };
const OUT = join(ROOT, 'docs/charts');

export function drawAll() {
  mkdirSync(OUT, { recursive: true });
  const table = read('table');
  const growth = read('growth');
  for (const [suffix, width] of Object.entries(WIDTHS)) {
    write(`peers${suffix}`, table, peersChart(table.results, width));
    write(`targets${suffix}`, table, targetsChart(table.results, width));
    for (const { name, chart } of growthCharts(growth.dimensions, width)) write(`${name}${suffix}`, growth, chart);
  }
}

function read(name) {
  const text = readFileSync(join(ROOT, 'bench/results', `${name}.json`), 'utf8');
  return {
    ...JSON.parse(text),
    source: `bench/results/${name}.json ${createHash('sha256').update(text).digest('hex')}`,
  };
}

/** What it was drawn from stands in it: a test compares that with the results as they are. */
function write(name, { source }, chart) {
  writeFileSync(join(OUT, `${name}.svg`), toSvg(chart, source));
}
