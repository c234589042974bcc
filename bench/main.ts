/**
 * `npm run bench`: the table; `npm run bench -- counting pushing`: only these groups of it; `npm run bench -- growth`: how
 * costs grow with series, families and writers. What was measured is left in bench/results as JSON, of which `npm run docs:charts`
 * draws the charts; what is printed stands in docs/benchmarks.md and docs/scaling.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../test/support/run-node.js';
import { growth } from './growth/growth.js';
import { growthTable } from './growth/growth-table.js';
import { groups } from './groups/index.js';
import type { Result } from './harness/judge.js';
import { runGroup } from './harness/run-group.js';
import { table } from './harness/results-table.js';

const names = process.argv.slice(2);
const known = [...groups.map(({ name }) => name), 'growth'];
const unknown = names.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`Expected names out of ${known.join(', ')}, got ${unknown.join(', ')}\n`);
  process.exitCode = 1;
} else {
  if (names.length === 0 || names.some((name) => name !== 'growth')) await measureTable();
  if (names.includes('growth')) await measureGrowth();
}

async function measureTable(): Promise<void> {
  const results: Result[] = [];
  const skipped: string[] = [];
  const isWhole = names.length === 0;
  for (const group of groups.filter(({ name }) => isWhole || names.includes(name))) {
    const outcome = await runGroup(group, progress);
    results.push(...outcome.results);
    skipped.push(...outcome.skipped);
    // After each group: what was measured stays when a later one is cut off.
    keep(isWhole ? 'table' : names.join('-'), { results, skipped });
  }
  process.stdout.write([table(results), ...skipped, ''].join('\n'));
}

async function measureGrowth(): Promise<void> {
  const dimensions = await growth(progress);
  keep('growth', { dimensions });
  process.stdout.write(`${dimensions.map(growthTable).join('\n\n')}\n`);
}

function keep(name: string, content: object): void {
  const folder = join(ROOT, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const processors = cpus();
  const machine = { processor: processors[0]?.model ?? '', cores: processors.length, node: process.version };
  const json = JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine, ...content }, undefined, 2);
  writeFileSync(join(folder, `${name}.json`), `${json}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
