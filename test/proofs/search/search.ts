import fc from 'fast-check';

const FIXED_SEED = 2026;
/** So long `npm test` searches with each seed: a slow machine makes fewer runs, and no other tests wait for it. */
const SHORT_MS = 10_000;
/** A search that reads the time while its runs have a time of their own. */
const now = performance.now.bind(performance);
/** A search of hours says that often how far it is. */
const PROGRESS_RUNS = 5_000;

export interface Search {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  /** When no further run begins. */
  readonly forMs: number;
}

/**
 * How searches go on and where they begin: `npm run test:search -- --runs N --seed N --path P`, P from an earlier failure,
 * is as long as it was told to be. `npm test` makes two, each of so many runs or of a limited time: what they find today they
 * find tomorrow, and what nobody has looked for yet.
 */
export function searches(runs: number): Search[] {
  const { SEARCH_RUNS, SEARCH_SEED, SEARCH_PATH } = process.env;
  const newSeed = Date.now() % 2 ** 31;
  if (SEARCH_RUNS === undefined) return [FIXED_SEED, newSeed].map((seed) => ({ runs, seed, forMs: SHORT_MS }));
  const seed = SEARCH_SEED === undefined ? newSeed : Number(SEARCH_SEED);
  return [
    { runs: Number(SEARCH_RUNS), seed, ...(SEARCH_PATH !== undefined && { path: SEARCH_PATH }), forMs: Infinity },
  ];
}

/**
 * Runs with one thing after the other that `arbitrary` gives, and says how many there were. A run that has begun is never
 * given up, as fast-check's own limit of time would: it would go on beside the next test, with its clock in the place of the
 * real one.
 * @returns What a failure looks like, and how to see it again; undefined if there is none.
 */
export async function failureOf<Given extends [unknown, ...unknown[]]>(
  { runs: numRuns, seed, path, forMs }: Search,
  arbitraries: { [At in keyof Given]: fc.Arbitrary<Given[At]> },
  run: (...given: Given) => Promise<void>,
): Promise<string | undefined> {
  const end = now() + forMs;
  let made = 0;
  const property = fc.asyncProperty(...arbitraries, async (...given: Given) => {
    if (made > 0 && now() >= end) throw new fc.PreconditionFailure(true);
    made += 1;
    if (made % PROGRESS_RUNS === 0) process.stdout.write(`${made} of ${numRuns} runs, --seed ${seed}\n`);
    await run(...given);
  });
  const options = { numRuns, seed, ...(path !== undefined && { path }), includeErrorInReport: true };
  const details = await fc.check(property, options);
  process.stdout.write(`Search of ${made} runs, --seed ${seed}\n`);
  if (made === 0) return 'No run was made';
  return details.failed ? fc.asyncDefaultReportMessage(details) : undefined;
}
