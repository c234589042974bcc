// `npm run release`: the next version follows from the commits since the last tag, and what stands under "Unreleased" in
// CHANGELOG.md becomes its notes. CONTRIBUTING.md, "A release", says more.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const HEADING = '## [Unreleased]\n';

const changelog = {
  readVersion: (text) => /^## \[(\d[^\]]*)\]/m.exec(text)?.[1] ?? '0.0.0',
  writeVersion(text, version) {
    const [before, after] = partsOf(text);
    return `${before}${HEADING}\n## [${version}] - ${new Date().toISOString().slice(0, 10)}\n${after}`;
  },
};

/** What stands before the notes of the next release, and the rest, which begins with them. */
function partsOf(text) {
  const parts = text.split(HEADING);
  if (parts.length !== 2) throw new Error('CHANGELOG.md: expected one heading "## [Unreleased]"');
  if (parts[1].split(/^## /m)[0].trim() === '') throw new Error('CHANGELOG.md: nothing stands under "## [Unreleased]"');
  return parts;
}

// At once, before any file is written.
partsOf(readFileSync(join(__dirname, 'CHANGELOG.md'), 'utf8'));

const constant = {
  readVersion: (text) => /VERSION = '([^']+)'/.exec(text)[1],
  writeVersion: (text, version) => text.replace(/VERSION = '[^']+'/, `VERSION = '${version}'`),
};

module.exports = {
  bumpFiles: [
    { filename: 'package.json', type: 'json' },
    { filename: 'package-lock.json', type: 'json' },
    { filename: 'lib/module/version.ts', updater: constant },
    { filename: 'CHANGELOG.md', updater: changelog },
  ],
  skip: { changelog: true },
  releaseCommitMessageFormat: 'chore: release {{currentTag}}',
};
