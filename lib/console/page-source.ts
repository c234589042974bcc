import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The files of the page, as text. */
export interface PageSource {
  readonly js: string;
  readonly css: string;
}

/** In the package both stand in the code itself (bundle.mjs); here, in the sources and in dist after `nest build`, they are made. */
export function pageSource(): PageSource {
  const places = ['../../bundle-page.mjs', '../../../bundle-page.mjs'].map((path) => new URL(path, import.meta.url));
  const script = places.map((url) => fileURLToPath(url)).find((path) => existsSync(path)) as string;
  const options = { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync(process.execPath, [script, '--print'], options)) as PageSource;
}
