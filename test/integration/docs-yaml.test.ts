import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { promtool } from './rules/support.js';

const ROOT = join(__dirname, '../..');
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const BLOCKS = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text], at) => ({
    page,
    at: at + 1,
    text: text as string,
    content: parse(text as string) as Record<string, unknown>,
  })),
);
const CONFIGURATIONS = BLOCKS.filter(({ content }) => 'scrape_configs' in content);
const RULES = BLOCKS.filter(({ content }) => 'groups' in content);

describe('YAML in README and docs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docs-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(CONFIGURATIONS)('is a configuration that Prometheus takes: $page, $at', async ({ text }) => {
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, text);
    expect(promtool('check', 'config', '--syntax-only', file)).toMatchObject({ status: 0 });
  });

  it.each(RULES)('is rules that Prometheus takes: $page, $at', async ({ text }) => {
    const file = join(folder, 'rules.yml');
    await writeFile(file, text);
    expect(promtool('check', 'rules', file)).toMatchObject({ status: 0 });
  });

  it('is looked at', () => {
    expect(CONFIGURATIONS.map(({ page }) => page)).toContain('README.md');
    expect(RULES.map(({ page }) => page)).toContain('docs/operations.md');
  });
});
