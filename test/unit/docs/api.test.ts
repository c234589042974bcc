import { parse } from 'yaml';
import { read } from './pages.js';

/** What users import, by the source that TypeDoc reads. */
function sourcesOfExports(): string[] {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { 'module-sync'?: string }> };
  return Object.values(exports).flatMap(({ 'module-sync': file }) =>
    file === undefined ? [] : [file.replace('./dist/', '').replace(/\.js$/, '.ts')],
  );
}

describe('The API on the site', () => {
  it('has every sub-path of the package', () => {
    // With comments, which YAML would take from JSON in another way.
    const { entryPoints } = parse(read('typedoc.json').replace(/^\s*\/\/.*$/gm, '')) as { entryPoints: string[] };

    expect([...entryPoints].sort()).toEqual(sourcesOfExports().sort());
  });
});
