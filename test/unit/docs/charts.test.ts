import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, read, ROOT } from './pages.js';

const CHARTS = readdirSync(join(ROOT, 'docs/charts')).map((name) => `docs/charts/${name}`);
const DIAGRAMS = readdirSync(join(ROOT, 'docs/diagrams')).map((name) => `docs/diagrams/${name}`);

describe('docs/charts', () => {
  it.each(CHARTS)('%s is drawn from the results as they are; if not: npm run docs:charts', (chart) => {
    const [, file, hash] = /<desc>(bench\/results\/\w+\.json) (\w+)<\/desc>/.exec(read(chart)) ?? [];
    expect(
      createHash('sha256')
        .update(read(file as string))
        .digest('hex'),
    ).toBe(hash);
  });
});

describe('charts and diagrams', () => {
  it.each([...CHARTS, ...DIAGRAMS])('%s has a title, and colours for dark', (picture) => {
    expect(read(picture)).toMatch(/<title>[^<]{20,}<\/title>/);
    expect(read(picture)).toContain('@media (prefers-color-scheme: dark)');
  });

  it('all stand in a page', () => {
    const text = [...PAGES, 'docs/site/home.md'].map(read).join('\n');
    const unused = [...CHARTS, ...DIAGRAMS].filter((picture) => !text.includes(picture.slice('docs/'.length)));
    expect(unused).toEqual([]);
  });
});
