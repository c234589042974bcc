const FIXED_SEED = 2026;

export interface SearchOptions {
  readonly numRuns: number;
  readonly seed: number;
  readonly path?: string;
  readonly includeErrorInReport: true;
}

/**
 * How searches go on and where they begin: `npm run test:search -- --runs N --seed N --path P`, P from an earlier failure.
 * `npm test` makes two: what it finds today it finds tomorrow, and what nobody has looked for yet.
 */
export function searches(runs: number): SearchOptions[] {
  const { SEARCH_RUNS, SEARCH_SEED, SEARCH_PATH } = process.env;
  const numRuns = SEARCH_RUNS === undefined ? runs : Number(SEARCH_RUNS);
  const newSeed = Date.now() % 2 ** 31;
  const given = SEARCH_SEED === undefined ? newSeed : Number(SEARCH_SEED);
  const seeds = SEARCH_RUNS === undefined ? [FIXED_SEED, newSeed] : [given];
  return seeds.map((seed) => {
    process.stdout.write(`Search of ${numRuns} runs, --seed ${seed}\n`);
    return { numRuns, seed, ...(SEARCH_PATH !== undefined && { path: SEARCH_PATH }), includeErrorInReport: true };
  });
}
