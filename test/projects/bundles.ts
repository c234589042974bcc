import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings, valueOf } from './surroundings.js';

const NEST = ['@nestjs/common@11', '@nestjs/core@11', 'reflect-metadata', 'rxjs'];
const ROLLUP = ['rollup', '@rollup/plugin-commonjs', '@rollup/plugin-json', '@rollup/plugin-node-resolve'];
const BUNDLERS = ['@vercel/ncc', 'esbuild', 'postject', 'webpack', 'webpack-cli', ...ROLLUP];

/** Nest loads these only if they are there. */
const NOT_THERE = [
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
];
const EXTERNAL = NOT_THERE.flatMap((name) => [`--external:${name}`, `--external:${name}/*`]);
const ESBUILD = ['esbuild', 'main.mjs', '--bundle', '--platform=node', '--log-level=error', ...EXTERNAL];
/** For the CommonJS among the packages. */
const BANNER =
  "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";
const SEA_FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** How each makes one file of the application. */
const RECIPES: Readonly<Record<string, { commands: readonly (readonly string[])[]; file: string }>> = {
  'esbuild, CommonJS': { commands: [[...ESBUILD, '--outfile=esbuild.cjs']], file: 'esbuild.cjs' },
  'esbuild, ES module': {
    commands: [[...ESBUILD, '--format=esm', '--outfile=esbuild.mjs', BANNER]],
    file: 'esbuild.mjs',
  },
  webpack: { commands: [['webpack', '-c', 'webpack.config.cjs']], file: 'webpack-bundle.cjs' },
  rollup: { commands: [['rollup', '-c']], file: 'rollup-bundle.mjs' },
  ncc: { commands: [['ncc', 'build', 'main.mjs', '-o', 'ncc']], file: 'ncc/index.mjs' },
};

const installed = installOnce('bundles', async (folder, { tarball }) => {
  await overlay('bundles', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'bundles', private: true }));
  await install(folder, tarball, ...NEST, ...BUNDLERS, 'ioredis@5');
});

/** One file, copied alone to another folder and run there, stores and pushes; also where ioredis is not installed. */
export const bundles: readonly Project[] = [
  ...Object.entries(RECIPES).flatMap(([name, { commands, file }]): Project[] => [
    {
      name: `bundles: ${name}`,
      run: async (surroundings) => {
        const folder = await installed(surroundings);
        await make(folder, commands);
        await expectToPush(surroundings, join(folder, file), surroundings.redis.address);
      },
    },
    {
      name: `bundles: ${name}, without ioredis`,
      run: async (surroundings) => {
        const folder = await installed(surroundings);
        const [ioredis, aside] = [join(folder, 'node_modules/ioredis'), join(folder, 'ioredis-aside')];
        await rename(ioredis, aside);
        try {
          await make(folder, commands, { WITHOUT_IOREDIS: 'yes' });
        } finally {
          await rename(aside, ioredis);
        }
        await expectToPush(surroundings, join(folder, file), 'memory');
      },
    },
  ]),
  {
    name: "bundles: Node's single executable",
    run: async (surroundings) => {
      const folder = await installed(surroundings);
      await make(folder, (RECIPES['esbuild, CommonJS'] as (typeof RECIPES)[string]).commands);
      const config = { main: 'esbuild.cjs', output: 'sea.blob', disableExperimentalSEAWarning: true };
      await writeFile(join(folder, 'sea.json'), JSON.stringify(config));
      await succeed(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder });
      await copyFile(process.execPath, join(folder, 'application'));
      await make(folder, [['postject', 'application', 'NODE_SEA_BLOB', 'sea.blob', '--sentinel-fuse', SEA_FUSE]]);
      await expectToPush(surroundings, join(folder, 'application'), surroundings.redis.address);
    },
  },
];

async function make(
  folder: string,
  commands: readonly (readonly string[])[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [program = '', ...args] of commands) {
    await succeed(join(folder, 'node_modules/.bin', program), args, { cwd: folder, environment, timeoutMs: LONG_MS });
  }
}

async function expectToPush(surroundings: Surroundings, file: string, redis: string): Promise<void> {
  const job = `${basename(file)}-${redis === 'memory' ? redis : 'redis'}`;
  const alone = join(surroundings.folder, `alone-${job}`);
  await mkdir(alone);
  await copyFile(file, join(alone, basename(file)));
  const isProgram = basename(file) === 'application';
  const program = isProgram ? join(alone, 'application') : process.execPath;
  const environment = { JOB: job, REDIS: redis, GATEWAY: surroundings.gateway.address };
  const { stdout, stderr } = await succeed(program, isProgram ? [] : [basename(file)], { cwd: alone, environment });
  const value = await valueOf(surroundings, 'orders_total', job);
  await rm(alone, { recursive: true });
  if (value !== '3') throw new Error(`expected 3 orders on the gateway, got ${value ?? 'none'}\n${stdout}${stderr}`);
}
