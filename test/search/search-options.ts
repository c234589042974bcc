/** How long a search goes on and where it begins, from `npm run test:search -- --runs N --seed N`. */
export function searchOptions(runs: number): { numRuns: number; seed: number } {
  const { SEARCH_RUNS, SEARCH_SEED } = process.env;
  const numRuns = SEARCH_RUNS === undefined ? runs : Number(SEARCH_RUNS);
  const seed = SEARCH_SEED === undefined ? Date.now() % 2 ** 31 : Number(SEARCH_SEED);
  process.stdout.write(`Search of ${numRuns} runs, --seed ${seed}\n`);
  return { numRuns, seed };
}
