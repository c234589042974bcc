import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../support/run-node.js';
import { run, type RunOptions, succeed, type Ended } from './run.js';

export const PACKAGE = 'nestjs-prometheus-pushgateway';

/** The majors of Nest that the package supports, newest first. */
export const NEST_MAJORS = [12, 11] as const;
export type NestMajor = (typeof NEST_MAJORS)[number];

/** What the applications of a Nest major have beside what npm brings along by itself. */
const ADDED: Readonly<Record<NestMajor, readonly string[]>> = {
  12: ['nest-commander@3', '@nestjs/config@12', '@nestjs/terminus@12', '@types/node@20', 'ioredis@6'],
  // An application that is older than the majors npm would choose today.
  11: [
    'nest-commander@3',
    '@nestjs/config@4',
    '@nestjs/terminus@11',
    '@types/node@20',
    '@nestjs/schedule@6',
    'ioredis@5',
    '@nestjs/testing@11',
  ],
};

const QUICK = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
/** A registry may be slow. */
const REGISTRY_TIMEOUT_MS = 240_000;
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** A folder outside the checkout with the packed package installed, and applications in its sub-folders. */
export interface Installation {
  readonly folder: string;
  /** Where the package lies. */
  readonly installed: string;
  /** What npm wrote. */
  readonly npm: string;
}

export interface Installations {
  /** Holds all others; removed at the end. */
  readonly folder: string;
  readonly tarball: string;
  /** By `npm install <tarball> @nestjs/common @nestjs/core reflect-metadata rxjs`, and nothing more. */
  readonly plain: Readonly<Record<NestMajor, Installation>>;
  /** With the optional peers too; with Nest 11, all peers in the majors of its time. */
  readonly full: Readonly<Record<NestMajor, Installation>>;
  readonly remove: () => Promise<void>;
}

/** Packs the checkout, which builds it, and installs it once for each major of Nest. */
export async function installPackage(): Promise<Installations> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pushgateway-package-')));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tarball = await pack(folder);
    const [twelve, eleven] = await allEnded([install(12, folder, tarball), install(11, folder, tarball)]);
    return {
      folder,
      tarball,
      plain: { 12: twelve.plain, 11: eleven.plain },
      full: { 12: twelve.full, 11: eleven.full },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** As `Promise.all`, but it fails only when none of them writes any more. */
async function allEnded<T extends readonly Promise<unknown>[] | []>(works: T): ReturnType<typeof Promise.all<T>> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** What is built already: a build takes away the types that other checks read at this time. */
async function pack(folder: string): Promise<string> {
  await succeed('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, timeoutMs: 120_000 });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball as string);
}

async function install(
  nest: NestMajor,
  parent: string,
  tarball: string,
): Promise<Record<'plain' | 'full', Installation>> {
  const plain = join(parent, `nest-${nest}-plain`);
  await mkdir(plain);
  await writeFile(join(plain, 'package.json'), JSON.stringify({ name: 'application', private: true }));
  const peers = [`@nestjs/common@${nest}`, `@nestjs/core@${nest}`, 'reflect-metadata', 'rxjs'];
  const first = await npmInstall(plain, [tarball, ...peers]);
  const full = join(parent, `nest-${nest}-full`);
  await cp(plain, full, { recursive: true, verbatimSymlinks: true });
  const second = await npmInstall(full, ADDED[nest]);
  return {
    plain: { folder: plain, installed: join(plain, 'node_modules', PACKAGE), npm: first },
    full: { folder: full, installed: join(full, 'node_modules', PACKAGE), npm: second },
  };
}

async function npmInstall(cwd: string, packages: readonly string[]): Promise<string> {
  const { stdout, stderr } = await succeed('npm', ['install', ...QUICK, ...packages], {
    cwd,
    timeoutMs: REGISTRY_TIMEOUT_MS,
  });
  return stdout + stderr;
}

/** The version that an application gets when it asks for a package. */
export async function versionOf(name: string, { folder }: Installation): Promise<string> {
  const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Puts an application of `consumers/` beside the installed package, as ES modules or as CommonJS. */
export async function place(
  consumer: string,
  { folder }: Installation,
  { as = consumer, type }: { as?: string; type?: 'module' | 'commonjs' } = {},
): Promise<string> {
  const target = join(folder, as);
  await cp(join(ROOT, 'test/package/consumers', consumer), target, { recursive: true });
  if (type !== undefined) await writeFile(join(target, 'package.json'), JSON.stringify({ private: true, type }));
  return target;
}

/**
 * Compiles projects, each with its own flags of `tsc`.
 * @throws Error with what the compiler said, unless all compile.
 */
export async function compile(...projects: readonly (readonly [folder: string, ...flags: string[]])[]): Promise<void> {
  await allEnded(
    projects.map(([cwd, ...flags]) =>
      succeed(process.execPath, [TSC, '-p', cwd, ...flags], { cwd, timeoutMs: 120_000 }),
    ),
  );
}

/** Loaded by Nest only if they are there. */
const NOT_THERE = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  'class-transformer',
  'class-validator',
];

/** Brings an application with all its packages into one file, which then needs no node_modules. */
export async function bundle(entryPoint: string, outfile: string, options: { minify?: boolean } = {}): Promise<void> {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: NOT_THERE.flatMap((name) => [name, `${name}/*`]),
    // For the CommonJS among its packages.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
    },
    logLevel: 'error',
    ...options,
  });
}

/** Runs a file with Node, or a script: `['--input-type=module', '-e', 'await import(...)']`. */
export function node(args: readonly string[], options: RunOptions): Promise<Ended> {
  return run(process.execPath, args, options);
}
