/**
 * `npm run bench`: everything; `npm run bench -- counting pushing`: these groups; `npm run bench -- growth`: how costs
 * grow with series, writers and families.
 */
import { groups } from './groups/index.js';
import { runGroup } from './harness/run-group.js';
import type { Result } from './harness/judge.js';
import { table } from './harness/table.js';

const names = process.argv.slice(2);
const results: Result[] = [];
const skipped: string[] = [];
for (const group of groups.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const outcome = await runGroup(group, (line) => process.stderr.write(`${line}\n`));
  results.push(...outcome.results);
  skipped.push(...outcome.skipped);
}
process.stdout.write([table(results), ...skipped, ''].join('\n'));
