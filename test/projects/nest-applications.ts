import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings, valueOf } from './surroundings.js';

const CLI = '@nestjs/cli@11';
const NEW = ['new', '.', '--skip-git', '--skip-install', '--package-manager', 'npm'];
const PLATFORMS = ['@nestjs/microservices@11', '@nestjs/platform-fastify@11'];
const QUEUE = ['@nestjs/bullmq@11', 'bullmq@5', 'ioredis@5'];
const SWC = ['@swc/cli', '@swc/core'];

const installed = installOnce('applications', async (folder, { tarball }) => {
  await succeed('npx', ['--yes', CLI, ...NEW], { cwd: folder, timeoutMs: LONG_MS });
  await install(folder, tarball, ...PLATFORMS, ...QUEUE, ...SWC);
  await overlay('applications', folder);
});
const built = installOnce('built', async (_, surroundings) => {
  await nest(await installed(surroundings), 'build');
});

/** Applications as Nest has them, each a program that counts to 3 and pushes. */
const APPLICATIONS = {
  'a standalone script': 'standalone',
  'a TCP microservice': 'microservice',
  'a hybrid application on Fastify': 'hybrid',
  'a BullMQ worker that shares its connection': 'worker',
} as const;

export const nestApplications: readonly Project[] = [
  ...Object.entries(APPLICATIONS).map(([name, program]): Project => ({
    name: `application: ${name}`,
    run: async (surroundings) => {
      await built(surroundings);
      await expectToPush(surroundings, await installed(surroundings), [`dist/${program}.js`], program);
    },
  })),
  {
    name: 'build: the SWC builder',
    run: async (surroundings) => {
      const cwd = await copyOf(surroundings, 'swc');
      await nest(cwd, 'build', '--builder', 'swc', '--type-check');
      await expectToPush(surroundings, cwd, ['dist/standalone.js'], 'swc');
    },
  },
  {
    name: 'build: the webpack builder',
    run: async (surroundings) => {
      const cwd = await copyOf(surroundings, 'webpack');
      await nest(cwd, 'build', '--webpack', '--path', 'tsconfig.build.json');
      await expectToPush(surroundings, cwd, ['dist/main.js'], 'webpack');
    },
  },
  {
    name: 'build: a monorepo with a library',
    run: async (surroundings) => {
      const cwd = await copyOf(surroundings, 'monorepo');
      await nest(cwd, 'generate', 'app', 'second');
      await asLibrary(cwd);
      await nest(cwd, 'build', 'second');
      await expectToPush(surroundings, cwd, ['dist/apps/second/main.js'], 'monorepo');
    },
  },
  {
    name: 'nest add',
    run: async ({ folder, tarball, redis, gateway }) => {
      const cwd = join(folder, 'nest-add');
      await mkdir(cwd);
      await succeed('npx', ['--yes', CLI, ...NEW], { cwd, timeoutMs: LONG_MS });
      await install(cwd, tarball);
      await nest(cwd, 'add', 'nestjs-prometheus-pushgateway', '--skip-install', '--cli');
      await install(cwd);
      await nest(cwd, 'build');
      const environment = {
        PROMETHEUS_JOBS: 'added',
        PUSHGATEWAY_REDIS: redis.address,
        PUSHGATEWAY_HOST: gateway.address,
      };
      await succeed(process.execPath, ['dist/main.js', 'push'], { cwd, environment });
      const { stdout } = await succeed(process.execPath, ['dist/main.js', 'status'], { cwd, environment });
      if (!stdout.includes('added')) throw new Error(`expected the status of job "added", got ${stdout}`);
    },
  },
  {
    name: 'packages: pnpm',
    run: async (surroundings) => {
      const cwd = await packagesOf(surroundings, 'pnpm');
      await succeed('npx', ['--yes', 'pnpm@10', 'install', '--ignore-scripts'], { cwd, timeoutMs: LONG_MS });
      await expectToPush(surroundings, cwd, ['dist/standalone.js'], 'pnpm');
    },
  },
  {
    name: "packages: Yarn's Plug'n'Play",
    run: async (surroundings) => {
      const cwd = await packagesOf(surroundings, 'pnp');
      const yarn = ['--yes', '--package', '@yarnpkg/cli-dist@4', 'yarn'];
      const registry = (await succeed('npm', ['config', 'get', 'registry'], { cwd })).stdout.trim();
      const settings = [`npmRegistryServer: ${registry}`, `unsafeHttpWhitelist: ['*']`, 'enableGlobalCache: false'];
      await writeFile(
        join(cwd, '.yarnrc.yml'),
        ['nodeLinker: pnp', 'enableTelemetry: false', ...settings, ''].join('\n'),
      );
      await writeFile(join(cwd, 'yarn.lock'), '');
      await succeed('npx', [...yarn, 'install'], { cwd, timeoutMs: LONG_MS, environment: { CI: '' } });
      await expectToPush(surroundings, cwd, ['-r', './.pnp.cjs', 'dist/standalone.js'], 'pnp');
    },
  },
];

async function nest(cwd: string, ...args: string[]): Promise<void> {
  await succeed(join(cwd, 'node_modules/.bin/nest'), args, { cwd, timeoutMs: LONG_MS });
}

/** The project with its packages, for what changes it; `nest build` makes the standalone script of it as main. */
async function copyOf(surroundings: Surroundings, name: string): Promise<string> {
  const from = await installed(surroundings);
  const cwd = join(surroundings.folder, name);
  await cp(from, cwd, { recursive: true, filter: (path) => path !== join(from, 'dist'), verbatimSymlinks: true });
  await cp(join(cwd, 'src/standalone.ts'), join(cwd, 'src/main.ts'));
  return cwd;
}

/** What has been built, and a package.json of its own for another package manager. */
async function packagesOf(surroundings: Surroundings, name: string): Promise<string> {
  await built(surroundings);
  const from = await installed(surroundings);
  const cwd = join(surroundings.folder, name);
  await rm(cwd, { recursive: true, force: true });
  await mkdir(cwd);
  await cp(join(from, 'dist'), join(cwd, 'dist'), { recursive: true });
  const { dependencies } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const ours = { ...dependencies, 'nestjs-prometheus-pushgateway': `file:${surroundings.tarball}` };
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ name, private: true, dependencies: ours }));
  return cwd;
}

/** The second application uses the module by way of a library, which TypeScript knows by a name of its own. */
async function asLibrary(cwd: string): Promise<void> {
  const { name } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8')) as { name: string };
  const [first, library] = [join(cwd, 'apps', name, 'src'), join(cwd, 'libs/metrics/src')];
  await mkdir(library, { recursive: true });
  await cp(join(first, 'shop.module.ts'), join(library, 'shop.module.ts'));
  await writeFile(join(library, 'index.ts'), "export * from './shop.module';\n");
  const main = await readFile(join(first, 'standalone.ts'), 'utf8');
  await writeFile(join(cwd, 'apps/second/src/main.ts'), main.replace("'./shop.module'", "'@shop/metrics'"));
  const config = JSON.parse(await readFile(join(cwd, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  const compilerOptions = { ...config.compilerOptions, paths: { '@shop/metrics': ['./libs/metrics/src'] } };
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ ...config, compilerOptions }));
}

async function expectToPush(
  surroundings: Surroundings,
  cwd: string,
  args: readonly string[],
  name: string,
): Promise<void> {
  const job = `application-${name}`;
  const { redis, gateway } = surroundings;
  const environment = { JOB: job, REDIS: redis.address, GATEWAY: gateway.address };
  const { stdout, stderr } = await succeed(process.execPath, args, { cwd, environment });
  const value = await valueOf(surroundings, 'orders_total', job);
  if (value !== '3') throw new Error(`expected 3 orders on the gateway, got ${value ?? 'none'}\n${stdout}${stderr}`);
}
