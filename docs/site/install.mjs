import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

export const MODULES = join(import.meta.dirname, 'node_modules');

/** Packages of this folder: once, and again when its lock file has changed. The root's `npm ci` stays small without them. */
export async function install() {
  const installed = join(MODULES, '.package-lock.json');
  const lock = join(import.meta.dirname, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', import.meta.dirname]);
}
