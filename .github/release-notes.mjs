// Notes of a release: its part of CHANGELOG.md, then the commits since the last tag that users may notice, breaking ones first.
//
//   node .github/release-notes.mjs          of the version in package.json
//   node .github/release-notes.mjs 0.2.0    of another; Unreleased is what comes next
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (file) => readFileSync(join(root, file), 'utf8');
const version = process.argv[2] ?? JSON.parse(read('package.json')).version;

const NOTICEABLE = /^(?:feat|fix|perf)(?:\(.+?\))?: /;
const BREAKING = /^[a-z]+(?:\(.+?\))?!: /;

const section = read('CHANGELOG.md')
  .split(/^## /m)
  .find((part) => part.startsWith(`[${version}]`));
if (section === undefined) {
  console.error(`CHANGELOG.md has no heading "## [${version}]"`);
  process.exit(1);
}
console.log(section.slice(section.indexOf('\n') + 1).trim());

const since = earlierTag();
const subjects = since ? git('log', '--no-merges', '--format=%s (%h)', `${since}..HEAD`).split('\n') : [];
const commits = [
  ...subjects.filter((line) => BREAKING.test(line)),
  ...subjects.filter((line) => NOTICEABLE.test(line)),
];
if (commits.length > 0) console.log(`\n### Commits\n\n${commits.map((line) => `- ${line}`).join('\n')}`);

/** Undefined before the first release, which would list all commits there are. */
function earlierTag() {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v*', '--exclude', `v${version}`);
  } catch {
    return undefined;
  }
}

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
