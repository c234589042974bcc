const FIXED_SEED = 2026;

/** How a search goes on and where it begins: `npm run test:search -- --runs N --seed N --path P`, P from an earlier failure. */
export function searchOptions(runs: number): {
  numRuns: number;
  seed: number;
  path?: string;
  includeErrorInReport: boolean;
} {
  const { SEARCH_RUNS, SEARCH_SEED, SEARCH_PATH } = process.env;
  const numRuns = SEARCH_RUNS === undefined ? runs : Number(SEARCH_RUNS);
  // What `npm test` finds today it finds tomorrow.
  const anySeed = SEARCH_RUNS === undefined ? FIXED_SEED : Date.now() % 2 ** 31;
  const seed = SEARCH_SEED === undefined ? anySeed : Number(SEARCH_SEED);
  process.stdout.write(`Search of ${numRuns} runs, --seed ${seed}\n`);
  return { numRuns, seed, ...(SEARCH_PATH !== undefined && { path: SEARCH_PATH }), includeErrorInReport: true };
}
