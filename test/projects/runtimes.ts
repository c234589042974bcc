import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings, valueOf } from './surroundings.js';

const NEST = ['@nestjs/common@12', '@nestjs/core@12', 'reflect-metadata', 'rxjs'];
/** Each is the npm package of the same name, which brings its program. */
const RUNTIMES: Readonly<Record<string, readonly string[]>> = { bun: [], deno: ['run', '--allow-all'] };

const installed = installOnce('runtimes', async (folder, { tarball }) => {
  await overlay('runtimes', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'runtimes', private: true }));
  await install(folder, tarball, ...NEST, 'ioredis@6', ...Object.keys(RUNTIMES));
});

/** An application with two modules stores and pushes in each of them, and ends by itself. */
export const runtimes: readonly Project[] = Object.entries(RUNTIMES).map(([name, args]) => ({
  name: `runtime: ${name}`,
  run: async (surroundings) => {
    const cwd = await installed(surroundings);
    const { redis, gateway } = surroundings;
    const environment = { JOB: name, REDIS: redis.address, GATEWAY: gateway.address };
    const program = join(cwd, 'node_modules/.bin', name);
    await succeed(program, [...args, 'main.mjs'], { cwd, environment, timeoutMs: LONG_MS });
    await expectOrders(surroundings, name);
    await expectOrders(surroundings, `${name}-named`);
  },
}));

/** Two before the push, one that the end of the application brings. */
async function expectOrders(surroundings: Surroundings, job: string): Promise<void> {
  const value = await valueOf(surroundings, 'orders_total', job);
  if (value !== '3') throw new Error(`expected 3 orders of ${job} on the gateway, got ${value ?? 'none'}`);
}
