import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { firstEvent } from '../support/first-event.js';
import { waitFor } from '../support/wait-for.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings, valueOf } from './surroundings.js';

const NEST = ['@nestjs/common@11', '@nestjs/core@11', '@nestjs/platform-express@11', 'reflect-metadata', 'rxjs'];
/** Nest loads these only if they are there. */
const NOT_THERE = ['@nestjs/microservices', '@nestjs/websockets', 'class-transformer', 'class-validator'];
const ESBUILD = [
  ...['main.mjs', '--bundle', '--platform=node', '--log-level=error'],
  ...NOT_THERE.flatMap((name) => [`--external:${name}`, `--external:${name}/*`]),
];
/** For the CommonJS among the packages. */
const BANNER =
  "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const installed = installOnce('console', async (folder, { tarball }) => {
  await overlay('console', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'console', private: true }));
  await install(folder, tarball, ...NEST, 'esbuild', 'ioredis@5');
});

/** The console of an application of Nest 11, with the Express that it brings, in a folder and in one file. */
export const consoles: readonly Project[] = [
  project('Nest 11, Express 5', (folder) => Promise.resolve(join(folder, 'main.mjs'))),
  project('esbuild, CommonJS', (folder) => bundled(folder, ['--outfile=console.cjs'], 'console.cjs')),
  project('esbuild, ES module', (folder) =>
    bundled(folder, ['--format=esm', '--outfile=console.mjs', BANNER], 'console.mjs'),
  ),
];

function project(name: string, make: (folder: string) => Promise<string>): Project {
  return {
    name: `console: ${name}`,
    run: async (surroundings) => {
      const file = await make(await installed(surroundings));
      await expectConsole(surroundings, file, `console-${name.replaceAll(/\W+/g, '-')}`);
    },
  };
}

/** One file, alone in another folder. */
async function bundled(folder: string, args: readonly string[], file: string): Promise<string> {
  await succeed(join(folder, 'node_modules/.bin/esbuild'), [...ESBUILD, ...args], { cwd: folder, timeoutMs: LONG_MS });
  const alone = join(dirname(folder), `alone-${file}`);
  await mkdir(alone);
  await copyFile(join(folder, file), join(alone, file));
  await rm(join(folder, file));
  return join(alone, file);
}

async function expectConsole(surroundings: Surroundings, file: string, job: string): Promise<void> {
  const { redis, gateway } = surroundings;
  const environment = { JOB: job, REDIS: redis.address, GATEWAY: gateway.address };
  const child = spawn(process.execPath, [basename(file)], {
    cwd: dirname(file),
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'exit');
  try {
    const url = await waitFor(() => /Listening on (\S+)/.exec(output)?.[1], { message: 'the application' });
    await expectPage(`${url}/metrics-console`, job);
    const value = await valueOf(surroundings, 'orders_total', job);
    if (value !== '3') throw new Error(`expected 3 orders on the gateway, got ${value ?? 'none'}`);
    child.kill('SIGTERM');
    await exited;
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
}

/** Page, files, events, and a push by the page. */
async function expectPage(address: string, job: string): Promise<void> {
  const html = await (await fetch(address)).text();
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => new URL(file as string, address));
  if (files.length !== 3) throw new Error(`expected three files, got ${html}`);
  for (const file of files) {
    const answer = await fetch(file);
    if (!answer.ok || (await answer.text()).length < 100) throw new Error(`${file.pathname}: ${answer.status}`);
  }
  const { data } = await firstEvent(`${address}/events`);
  const [family] = (data as { families: { name: string; total: number }[] }).families;
  if (family?.name !== 'orders_total' || family.total !== 3) throw new Error(`got ${JSON.stringify(data)}`);
  const token = /name="console-token" content="([^"]+)"/.exec(html)?.[1] ?? '';
  const headers = { 'x-console-token': token, origin: new URL(address).origin };
  const pushed = await fetch(`${address}/actions/push?job=${job}`, { method: 'POST', headers });
  const answer = (await pushed.json()) as { isDone: boolean; text: string };
  if (!answer.isDone) throw new Error(answer.text);
}
