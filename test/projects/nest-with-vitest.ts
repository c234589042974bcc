import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay } from './surroundings.js';

const installed = installOnce('nest-12-vitest', async (folder, { tarball }) => {
  const cli = ['--yes', '@nestjs/cli@12', 'new', '.', '--skip-git', '--skip-install', '--package-manager', 'npm'];
  await succeed('npx', cli, { cwd: folder, timeoutMs: LONG_MS });
  await install(folder, tarball, 'ioredis@6');
  await overlay('nest-11-jest', folder);
  await asEsModules(join(folder, 'src'));
});

/** What `nest new` of Nest 12 makes (Vitest, ES modules): its own tests and ours pass. */
export const nestWithVitest: readonly Project[] = [
  {
    name: 'nest new (12) with Vitest',
    run: async (surroundings) => {
      const cwd = await installed(surroundings);
      const vitest = join(cwd, 'node_modules/.bin/vitest');
      for (const redis of ['memory', surroundings.redis.address]) {
        const options = { cwd, environment: { REDIS: redis }, timeoutMs: LONG_MS };
        await succeed(vitest, ['run'], options);
        await succeed(vitest, ['run', '--config', './vitest.config.e2e.ts'], options);
      }
    },
  },
];

/** The same code as for Jest: imports name the file, and what Jest has as globals is imported. */
async function asEsModules(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => /^(app\.module|orders\.service)/.test(name));
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    const code = text.replace(/from '(\.\/[\w.]+)'/g, "from '$1.js'").replaceAll('jest.fn()', 'vi.fn()');
    const globals = name.endsWith('.spec.ts') ? "import { describe, expect, it, vi } from 'vitest';\n" : '';
    await writeFile(join(folder, name), globals + code);
  }
}
