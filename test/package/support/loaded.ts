import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from './run.js';

/** Names of the packages of {@link loadedFiles}. */
export async function loadedPackages(args: readonly string[], cwd: string): Promise<string[]> {
  const urls = await loadedFiles(args, cwd);
  return [...new Set(urls.flatMap((url) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []))].sort();
}

/**
 * URLs of the files that a Node process ran, told by V8 itself: whether it came by `import` or by
 * `require`, and without a hook that could change how modules load.
 */
export async function loadedFiles(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const reports = join(cwd, `coverage-${args.length}-${Date.now()}`);
  await succeed(process.execPath, args, { cwd, environment: { ...environment, NODE_V8_COVERAGE: reports } });
  const texts = await Promise.all((await readdir(reports)).map((name) => readFile(join(reports, name), 'utf8')));
  return texts.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url));
}
