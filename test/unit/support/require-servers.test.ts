import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProgram, missingMessage } from '../../support/require-servers.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-programs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const program = async (name: string): Promise<string> => {
  await writeFile(join(folder, name), '#!/bin/sh\n');
  await chmod(join(folder, name), 0o755);
  return join(folder, name);
};

describe('findProgram', () => {
  test('takes the first name it finds on the PATH', async () => {
    const file = await program('second-name');
    expect(findProgram(['first-name', 'second-name'], `/nowhere:${folder}`)).toBe(file);
  });

  test('passes over folders and files nobody can run', async () => {
    await mkdir(join(folder, 'a-folder'));
    await writeFile(join(folder, 'a-text'), '');
    expect(findProgram('a-folder', folder)).toBeUndefined();
    expect(findProgram('a-text', folder)).toBeUndefined();
  });

  test('looks into sbin, which may not be on the PATH', () => {
    expect(findProgram('ldconfig', '')).toMatch(/sbin\/ldconfig$/);
  });
});

test('the message names the packages and the command', () => {
  const message = missingMessage(['haproxy', 'prometheus']);
  expect(message).toContain('Not installed: haproxy, prometheus');
  expect(message).toContain('apt-get install --no-install-recommends haproxy prometheus');
});
