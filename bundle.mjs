/**
 * After `nest build`: makes of dist/lib what is published. The code comes into a few files, since Node takes longer to find,
 * read and link a hundred small ES modules than to run them; Lua scripts and the page of the console stand in it as text, so that
 * a bundle of an application is one file. dist/cjs is the same code as CommonJS, for those who cannot `require` an ES module, such as Jest.
 * Declarations stay one per source file, in dist/lib.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { pageSource } from './bundle-page.mjs';

const DIST = join(import.meta.dirname, 'dist');
const LIB = join(DIST, 'lib');
const CJS = join(DIST, 'cjs');
const SCRIPTS = join(LIB, 'store', 'redis', 'scripts');
const CHUNKS = 'chunks';
/** Stands for a file of dist/lib until it is known from where it is imported. */
const BESIDE = /"beside:([^"]+)"/g;
/** `var Gauge = class _Gauge extends Metric {`: a class, and the name that it is to keep, whatever a bundler calls it. */
const CLASS = /^[ \t]*(?:var|let|const) (\w+) = (?:\w+ = )?class(?: \w+)?(?: extends [\w.]+)? \{/gm;
/** What we use of these stands in our own file: the whole of valibot is more than half as large as all that we load. */
const INLINED = ['valibot', 'fastest-levenshtein', 'proxy-from-env'];
/** What `nest add` runs: CommonJS, and the descriptions beside it. */
const SCHEMATICS = join(DIST, 'schematics');

/** What users import: the sub-paths of package.json. */
const PUBLIC = await publicFiles();
/** What every application loads. */
const CORE = 'index.js';
/** Beside it the stores: each is loaded on demand. */
const ENTRIES = [...PUBLIC, 'store/memory/memory.store.js', 'store/redis/redis.store.js'];

async function publicFiles() {
  const { exports } = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8'));
  const files = Object.values(exports).map((conditions) => conditions['module-sync']);
  return files.filter(Boolean).map((file) => file.replace('./dist/lib/', ''));
}

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: LIB,
  outdir: LIB,
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
};

async function publish() {
  const core = await filesOf(CORE);
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: ENTRIES,
    allowOverwrite: true,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    sourcemap: 'linked',
    plugins: [packagesApart, luaAsText, pageAsText, commonJsBeside, inOneFile(core)],
    // Of the core, which is not to stand in what others import.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  await publishSchematics();
  for (const path of await readdir(LIB, { recursive: true })) {
    if (/\.js(\.map)?$/.test(path)) await rm(join(LIB, path));
  }
  await rm(SCRIPTS, { recursive: true });
  for (const { path, text } of outputFiles) {
    const whole = text.replace(BESIDE, (_, file) => JSON.stringify(importOf(path, file))).replace(CLASS, withName);
    await write(path, whole);
    if (path.endsWith('.js')) await write(join(CJS, relative(LIB, path)), await commonJs(whole));
  }
  for (const path of await readdir(LIB, { recursive: true })) {
    if (path.endsWith('.cjs')) await write(join(CJS, path), await commonJs(await readFile(join(LIB, path), 'utf8')));
  }
  await write(join(CJS, 'package.json'), '{ "type": "commonjs" }\n');
  for (const path of PUBLIC) {
    const types = path.replace(/\.js$/, '.d.ts');
    const whole = slashes(relative(dirname(join(CJS, path)), join(LIB, path)));
    await write(join(CJS, types), `export * from '${whole}';\n`);
  }
}

/**
 * Classes stand with their names in Nest's messages, and errors in everybody's. Only classes: to name every function too, as `keepNames`
 * does, takes time wherever one is made.
 */
function withName(head, name) {
  return `${head} static { Object.defineProperty(this, 'name', { value: '${name}', configurable: true }); }`;
}

async function publishSchematics() {
  const entryPoints = [join(LIB, 'schematics', 'nest-add.js')];
  await build({ entryPoints, outdir: SCHEMATICS, bundle: true, format: 'cjs', platform: 'node', target: 'node20' });
  await write(join(SCHEMATICS, 'package.json'), '{ "type": "commonjs" }\n');
  for (const name of ['collection.json', 'schema.json']) {
    await copyFile(join(import.meta.dirname, 'lib', 'schematics', name), join(SCHEMATICS, name));
  }
  await rm(join(LIB, 'schematics'), { recursive: true });
}

/** An `import()` becomes a `require`: where this copy is used, there may be no other way to load code. */
async function commonJs(text) {
  const { code } = await transform(text.replace(/^\/\/# sourceMappingURL=.*$/m, ''), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
  });
  return code;
}

/** What is loaded with a file, as absolute paths; what is imported on demand is not. */
async function filesOf(entry) {
  const plugins = [packagesApart, luaAsText, pageAsText, commonJsBeside];
  const { metafile } = await build({ ...COMMON, entryPoints: [entry], metafile: true, plugins });
  const files = new Set();
  const add = (path) => {
    if (files.has(join(LIB, path))) return;
    files.add(join(LIB, path));
    const { imports } = metafile.inputs[path];
    for (const { path: imported, kind, external } of imports) if (kind !== 'dynamic-import' && !external) add(imported);
  };
  add(entry);
  return files;
}

/**
 * esbuild puts together what is used by the same files. Here every file of ours uses the core, so the core becomes one file: an
 * application loads it anyway. The import stands last, so that the lines before it keep their places.
 */
function inOneFile(core) {
  return {
    name: 'in-one-file',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^core:$/ }, () => ({ path: join(LIB, CORE) }));
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (core.has(path) || !path.startsWith(LIB)) return undefined;
        return { contents: `${await readFile(path, 'utf8')}\nimport 'core:';\n`, loader: 'js' };
      });
    },
  };
}

/** Packages stay where users install them, but those of which a part is taken in: its code holds their licences. */
const packagesApart = {
  name: 'packages-apart',
  setup({ onResolve, onLoad }) {
    onLoad({ filter: new RegExp(String.raw`[\\/]node_modules[\\/](${INLINED.join('|')})[\\/]`) }, async ({ path }) => {
      const folder = join(path.slice(0, path.lastIndexOf('node_modules')), 'node_modules', packageIn(path));
      const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
      const text = await readFile(join(folder, file), 'utf8');
      return { contents: `${await readFile(path, 'utf8')}\n/*! Of ${name}: ${text} */\n`, loader: 'js' };
    });
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path === 'core:' || INLINED.includes(path) ? undefined : { path, external: true },
    );
  },
};

function packageIn(path) {
  return slashes(path).split('/node_modules/').at(-1).split('/')[0];
}

const luaAsText = {
  name: 'lua-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lua-source\.js$/ }, async ({ path }) => {
      const { luaSource } = await import(pathToFileURL(path));
      const names = (await readdir(SCRIPTS)).filter((file) => file.endsWith('.lua')).sort();
      const texts = Object.fromEntries(
        names.map((file) => [basename(file, '.lua'), luaSource(basename(file, '.lua'))]),
      );
      const contents = `const SCRIPTS = ${JSON.stringify(texts, undefined, 1)};
        export function luaSource(name) { return SCRIPTS[name]; }`;
      return { contents, loader: 'js' };
    });
  },
};

const pageAsText = {
  name: 'page-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]console[\\/]page-source\.js$/ }, async () => {
      const contents = `const SOURCE = ${JSON.stringify(await pageSource())};
        export function pageSource() { return SOURCE; }`;
      return { contents, loader: 'js' };
    });
  },
};

/** What Node loads quicker by `require` (`*.cts`) stays a file of its own: within an ES module there is no `require`. */
const commonJsBeside = {
  name: 'common-js-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^\..*\.cjs$/ }, ({ path, resolveDir }) => ({
      path: `beside:${slashes(relative(LIB, join(resolveDir, path)))}`,
      external: true,
    }));
  },
};

function importOf(from, file) {
  const path = slashes(relative(dirname(from), join(LIB, file)));
  return path.startsWith('.') ? path : `./${path}`;
}

function slashes(path) {
  return path.replaceAll('\\', '/');
}

async function write(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

if (!existsSync(join(LIB, CHUNKS))) await publish();
