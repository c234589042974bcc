/**
 * Projects as users have them, with the packed package: made by Nest's own command line or by bundlers, untouched but for our
 * import. CONTRIBUTING.md says more.
 *
 *   npm run test:projects                 all of them
 *   npm run test:projects -- bundles Jest those whose name contains one of these
 */
import { bundles } from './bundles.js';
import { consoles } from './console.js';
import { nestApplications } from './nest-applications.js';
import { nestWithJest } from './nest-with-jest.js';
import { nestWithVitest } from './nest-with-vitest.js';
import { pm2 } from './pm2.js';
import type { Outcome, Project } from './project.js';
import { runtimes } from './runtimes.js';
import { startSurroundings } from './surroundings.js';

const projects: readonly Project[] = [
  ...bundles,
  ...consoles,
  ...nestApplications,
  ...nestWithJest,
  ...nestWithVitest,
  pm2,
  ...runtimes,
];

const wanted = process.argv.slice(2);
const chosen = projects.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (chosen.length === 0) throw new RangeError(`Expected one of: ${projects.map(({ name }) => name).join(', ')}`);

const surroundings = await startSurroundings();
const outcomes: Outcome[] = [];
try {
  for (const { name, run } of chosen) {
    const begun = performance.now();
    const failure = await run(surroundings).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    const seconds = Math.round((performance.now() - begun) / 1_000);
    outcomes.push({ name, failure, seconds });
    process.stdout.write(
      `${failure ? 'FAILED' : 'works '}  ${name} (${seconds} s)\n${failure ? `${failure.message}\n` : ''}`,
    );
  }
} finally {
  await surroundings.stop();
}
const failed = outcomes.filter(({ failure }) => failure !== undefined);
process.stdout.write(`${outcomes.length - failed.length} of ${outcomes.length} projects work\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
