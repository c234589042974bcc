import { transformFile } from '@swc/core';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from '../../support/wait-for.js';

/** A Node process of its own starts a server with our code, then ends in some way: no server may outlive it. */
const PARENT = `
import { ServerProcess } from './server-process.mjs';
const server = await ServerProcess.start('/bin/sleep', ['600'], process.argv[2]);
process.stdout.write(server.pid + '\\n');
setTimeout(() => undefined, process.argv[3] === 'exits' ? 0 : 600_000);
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-parent-'));
  const source = join(import.meta.dirname, '../../support/server-process.ts');
  const { code } = await transformFile(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
  await writeFile(join(folder, 'server-process.mjs'), code);
  await writeFile(join(folder, 'parent.mjs'), PARENT);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function startParent(how: 'exits' | 'stays', env: NodeJS.ProcessEnv = process.env) {
  const serverFolder = join(folder, `server-${how}-${Math.random()}`);
  await mkdir(serverFolder);
  const parent = spawn(process.execPath, [join(folder, 'parent.mjs'), serverFolder, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent: parent as ChildProcess, pid: Number(line.toString()), serverFolder };
}

/** An orphan that has ended stays a zombie until init takes notice of it. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const ended = (pid: number): Promise<true> =>
  waitFor(() => !isAlive(pid), { timeoutMs: 5_000, message: `process ${pid} to end` });

const gone = (path: string): Promise<true> =>
  waitFor(() => !existsSync(path), { timeoutMs: 5_000, message: `${path} to be removed` });

describe('a server does not outlive the process that started it', () => {
  test('which exits', async () => {
    const { pid, serverFolder } = await startParent('exits');
    await expect(ended(pid)).resolves.toBe(true);
    // What has killed it removes its folder after that.
    await expect(gone(serverFolder)).resolves.toBe(true);
  });

  test('which exits where the kernel cannot be asked to see to it', async () => {
    const { pid, serverFolder } = await startParent('exits', { ...process.env, PATH: '/nowhere' });
    await expect(ended(pid)).resolves.toBe(true);
    // What has killed it removes its folder after that.
    await expect(gone(serverFolder)).resolves.toBe(true);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('which is ended by %s', async (signal) => {
    const { parent, pid } = await startParent('stays');
    expect(isAlive(pid)).toBe(true);
    parent.kill(signal);
    await expect(ended(pid)).resolves.toBe(true);
  });
});
