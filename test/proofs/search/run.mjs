/**
 * Searches for interleavings that break an invariant, for longer than `npm test` does:
 *
 *   npm run test:search -- --runs 100000 --seed 7 search/buffer
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' }, path: { type: 'string' } },
  allowPositionals: true,
});
const env = { ...process.env, SEARCH_RUNS: values.runs };
if (values.seed !== undefined) env.SEARCH_SEED = values.seed;
if (values.path !== undefined) env.SEARCH_PATH = values.path;
// A search is as long as it was told to be.
const args = ['--selectProjects', 'search', '--testTimeout', String(24 * 3_600_000)];
const { status } = spawnSync('jest', [...args, '--', ...positionals], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
