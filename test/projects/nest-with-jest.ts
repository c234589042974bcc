import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings } from './surroundings.js';

/** As packages of the registry; 20 is the one that runs this. */
const OTHER_NODES = { 'Node 22': 'node@22', 'Node 24': 'node@24' };

const installed = installOnce('nest-11-jest', async (folder, { tarball }) => {
  const cli = ['--yes', '@nestjs/cli@11', 'new', '.', '--skip-git', '--skip-install', '--package-manager', 'npm'];
  await succeed('npx', cli, { cwd: folder, timeoutMs: LONG_MS });
  await install(folder, tarball, 'ioredis@5');
  await overlay('nest-11-jest', folder);
});

/** What `nest new` of Nest 11 makes (ts-jest, CommonJS): its own tests and ours pass, and it runs. */
export const nestWithJest: readonly Project[] = [
  { name: 'nest new (11) with Jest', run: (surroundings) => expectTestsToPass(surroundings, process.execPath) },
  ...Object.entries(OTHER_NODES).map(([name, spec]): Project => ({
    name: `nest new (11) with Jest, ${name}`,
    run: async (surroundings) => {
      const folder = join(surroundings.folder, spec);
      await installOnce(spec, (target) => install(target, '--prefix', target, spec))(surroundings);
      await expectTestsToPass(surroundings, join(folder, 'node_modules/node/bin/node'));
    },
  })),
];

async function expectTestsToPass(surroundings: Surroundings, node: string): Promise<void> {
  const cwd = await installed(surroundings);
  const jest = 'node_modules/jest/bin/jest.js';
  for (const redis of ['memory', surroundings.redis.address]) {
    const options = { cwd, environment: { REDIS: redis }, timeoutMs: LONG_MS };
    await succeed(node, [jest], options);
    await succeed(node, [jest, '--config', 'test/jest-e2e.json'], options);
  }
  await succeed('npm', ['run', 'build'], { cwd, timeoutMs: LONG_MS });
}
