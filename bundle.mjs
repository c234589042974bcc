/**
 * After `nest build`: brings the code of dist/lib into a few files. Node takes longer to find, read and link a hundred small
 * ES modules than to run them. Declarations and Lua scripts stay where they are.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const LIB = join(import.meta.dirname, 'dist', 'lib');
const CHUNKS = 'chunks';

/** What users import, and the stores: each is loaded on demand, and one reads its scripts from beside its file. */
const ENTRIES = [
  'index.js',
  'cli/index.js',
  'config/index.js',
  'store/memory/memory.store.js',
  'store/redis/redis.store.js',
];

if (!existsSync(join(LIB, CHUNKS))) await bundle();

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: LIB,
    entryPoints: ENTRIES,
    outdir: LIB,
    allowOverwrite: true,
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    // Classes stand with their names in Nest's messages, and errors in everybody's.
    keepNames: true,
  });
  for (const path of await readdir(LIB, { recursive: true })) {
    if (/\.js(\.map)?$/.test(path)) await rm(join(LIB, path));
  }
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}
