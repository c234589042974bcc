/**
 * Makes the page of the console: one script and one style sheet, with the library they need (Preact). bundle.mjs puts both as text
 * into the package; from the sources lib/console/page-source.ts asks for them: `node bundle-page.mjs --print`.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const PAGE = join(import.meta.dirname, 'lib', 'console', 'page');

/** @returns {Promise<{ js: string, css: string }>} */
export async function pageSource() {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: { page: join(PAGE, 'main.tsx'), style: join(PAGE, 'page.css') },
    outdir: 'page',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
  });
  const textOf = (end) => outputFiles.find(({ path }) => path.endsWith(end)).text;
  return { js: textOf('.js'), css: textOf('.css') };
}

if (process.argv.includes('--print')) process.stdout.write(JSON.stringify(await pageSource()));
