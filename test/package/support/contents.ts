import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, posix, relative, sep } from 'node:path';

/** A path, or what stands behind conditions. */
export type ExportsEntry = string | { readonly [condition: string]: ExportsEntry };

/** What the tests read of a package.json. */
export interface Manifest {
  readonly exports: Readonly<Record<string, ExportsEntry>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** An installed package: the text of each file by its path, with `/`, from the package's folder. */
export async function readPackage(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.sort().map(async (file): Promise<[string, string]> => {
    return [relative(folder, file).split(sep).join('/'), await readFile(file, 'utf8')];
  });
  return new Map(await Promise.all(pairs));
}

/** Imports of code and types that lead nowhere: a missing file, or a package that is not declared. */
export function danglingImports(files: ReadonlyMap<string, string>, manifest: Manifest): string[] {
  const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  const dangling: string[] = [];
  for (const [path, text] of files) {
    if (!/\.(c?js|d\.c?ts)$/.test(path)) continue;
    for (const specifier of importsOf(text)) {
      const isThere = specifier.startsWith('.')
        ? files.has(importedBy(path, specifier))
        : isBuiltin(specifier) || declared.includes(packageOf(specifier));
      if (!isThere) dangling.push(`${path}: ${specifier}`);
    }
  }
  return dangling;
}

/** Types come from the declarations beside the code, where the code itself may be in a bundle. */
function importedBy(path: string, specifier: string): string {
  const file = posix.join(posix.dirname(path), specifier);
  return path.endsWith('.d.ts') ? file.replace(/\.js$/, '.d.ts') : file;
}

function importsOf(text: string): string[] {
  // Examples in comments import the package itself and what its users have.
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const specifiers = code.matchAll(/\b(?:from\s*|import\s*\(?\s*|require\(\s*)(['"])([^'"\n]+)\1/g);
  return [...specifiers].map(([, , specifier]) => specifier as string);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Sources of source maps that a debugger would not find: neither inside the map nor in the package. */
export function missingSources(files: ReadonlyMap<string, string>): string[] {
  const maps = [...files].filter(([path]) => path.endsWith('.map'));
  return maps.flatMap(([path, text]) => {
    const {
      sources,
      sourceRoot = '',
      sourcesContent = [],
    } = JSON.parse(text) as {
      sources: string[];
      sourceRoot?: string;
      sourcesContent?: (string | null)[];
    };
    return sources
      .filter((source, at) => {
        const isInside = typeof sourcesContent[at] === 'string';
        return !isInside && !files.has(posix.join(posix.dirname(path), sourceRoot, source));
      })
      .map((source) => `${path}: ${source}`);
  });
}

/** Files that end with a reference to a source map, by the path of that map. */
export function missingMaps(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    const map = /^\/\/# sourceMappingURL=(.+)$/m.exec(text)?.[1];
    return map === undefined || files.has(posix.join(posix.dirname(path), map)) ? [] : [`${path}: ${map}`];
  });
}
