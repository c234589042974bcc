import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/run-node.js';

interface BumpFile {
  readonly filename: string;
  readonly updater?: { readVersion(text: string): string; writeVersion(text: string, version: string): string };
}
const { bumpFiles } = jest.requireActual<{ bumpFiles: BumpFile[] }>('../../../.versionrc.cjs');
const updater = bumpFiles.find(({ filename }) => filename === 'CHANGELOG.md')?.updater;
if (updater === undefined) throw new Error('Nothing writes CHANGELOG.md');

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A thing

## [0.1.0] - 2026-01-01

- The first
`;

describe('a version in CHANGELOG.md', () => {
  it('gets what stands under "Unreleased", which is then empty', () => {
    const released = updater.writeVersion(CHANGELOG, '0.2.0');
    const day = new Date().toISOString().slice(0, 10);
    expect(released).toBe(CHANGELOG.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [0.2.0] - ${day}\n`));
    expect(updater.readVersion(CHANGELOG)).toBe('0.1.0');
    expect(updater.readVersion(released)).toBe('0.2.0');
    expect(() => updater.writeVersion(released, '0.3.0')).toThrow('nothing stands under "## [Unreleased]"');
    expect(() => updater.writeVersion('# Changelog\n', '0.3.0')).toThrow('expected one heading "## [Unreleased]"');
  });
});

describe('notes of a release', () => {
  const notes = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(ROOT, '.github/release-notes.mjs'), ...args], { encoding: 'utf8' });

  it("are the version's part of CHANGELOG.md", () => {
    const [, part = ''] = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split('## [Unreleased]\n');
    const { status, stdout } = notes('Unreleased');
    expect(status).toBe(0);
    expect(stdout.trim()).toContain(part.split(/^## /m)[0]?.trim());
  });

  it('are refused for a version that has none', () => {
    const { status, stderr } = notes('9.9.9');
    expect(status).toBe(1);
    expect(stderr).toContain('CHANGELOG.md has no heading "## [9.9.9]"');
  });
});
