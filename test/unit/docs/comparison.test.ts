import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT } from './pages.js';

const LEAST_ROWS = 60;
/** The feature, this package, and seven others. */
const CELLS = 9;

/** The rows of docs/comparison.md that compare, as cells: those of tables with a column for us. */
const rows = read('docs/comparison.md')
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => section.split('\n').filter((line) => line.startsWith('|')))
  .map((line) => line.split('|').slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()))
  .filter(([, here = '']) => here !== 'here' && !/^-+$/.test(here));

describe('the comparison with other libraries', () => {
  it(`has at least ${LEAST_ROWS} features, each once`, () => {
    const features = rows.map(([feature]) => feature);
    expect(features.length).toBeGreaterThanOrEqual(LEAST_ROWS);
    expect(features.filter((feature, at) => features.indexOf(feature) !== at)).toEqual([]);
  });

  it.each(rows.map((cells) => [cells[0], cells] as const))('%s: has an answer for each library', (_, cells) => {
    expect(cells).toHaveLength(CELLS);
    expect(cells).not.toContain('');
  });

  it.each(rows.map(([feature, here]) => [feature, here] as const))(
    '%s: our yes leads to a test, our no says why',
    (_, here) => {
      expect(here).toMatch(/^\[yes\]\(\.\.\/test\/[\w./-]+\.test\.ts\)$|^no: \S+/);
      const [, test = '.'] = /\]\(\.\.\/(.+)\)/.exec(here as string) ?? [];
      expect(existsSync(join(ROOT, test))).toBe(true);
    },
  );
});
