import { spawnSync } from 'node:child_process';
import { SCRIPTS } from '../../../../lib/cli/completion/index.js';
import type { KnownCommand } from '../../../../lib/cli/completion/command-tree.js';

const HELP = { names: ['-h', '--help'], description: 'display help for command' };
const COMMANDS: KnownCommand[] = [
  {
    name: 'metrics:push',
    description: "Push the metrics: all; it's $(safe)",
    flags: [
      { names: ['-j', '--job'], description: 'this job', value: ['shop', "it's $(touch /tmp/never)"] },
      { names: ['--interval'], description: 'seconds', value: 'any' },
      HELP,
    ],
    words: [],
  },
  {
    name: 'metrics:rules',
    description: '',
    flags: [{ names: ['--out'], description: 'a folder', value: 'file' }],
    words: [],
  },
  { name: 'user', description: 'of the application', flags: [HELP], words: ['add', 'remove'] },
];

/** What bash would offer for what was typed so far. */
function offers(line: string): string[] {
  const script = `${SCRIPTS.bash('my-shop', COMMANDS)}
COMP_LINE=$1; COMP_POINT=\${#1}; COMP_WORDBREAKS=' :'
_my_shop_completion
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', line], {
    encoding: 'utf8',
    cwd: __dirname,
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('the script for bash', () => {
  it.each([
    ['my-shop ', ['metrics:push', 'metrics:rules', 'user']],
    ['my-shop u', ['user']],
    // Bash takes what stands before a colon for a word of its own.
    ['my-shop metrics:p', ['push']],
    ['my-shop metrics:push --', ['--job', '--interval', '--help']],
    ['my-shop metrics:push --j', ['--job']],
    ['my-shop metrics:push --job ', ['shop', "it\\'s\\ \\$\\(touch\\ /tmp/never\\)"]],
    ['my-shop metrics:push --help -j s', ['shop']],
    ['my-shop metrics:push --interval ', []],
    ['my-shop metrics:rules --out scr', ['scripts.test.ts']],
    ['my-shop user ', ['add', 'remove', '--help']],
    ['my-shop nothing ', []],
  ])('offers for %j what may follow', (line, words) => {
    expect(offers(line)).toEqual(words);
  });
});

it('zsh gets descriptions, whose words end in no colon by mistake', () => {
  const script = SCRIPTS.zsh('my-shop', COMMANDS);
  expect(script).toMatch(/^#compdef my-shop\n/);
  expect(script).toContain(
    `'') candidates=('metrics\\:push:Push the metrics: all; it'\\''s $(safe)' 'metrics\\:rules' 'user:of the application') ;;`,
  );
  expect(script).toContain(
    `'metrics:push -j'|'metrics:push --job') candidates=('shop' 'it'\\''s $(touch /tmp/never)') ;;`,
  );
  expect(script).toContain("'metrics:rules --out') _files; return ;;");
  expect(script).toMatch(/\ncompdef _my_shop_completion my-shop\n$/);
});

it('fish gets a line for each command and flag', () => {
  const lines = SCRIPTS.fish('my-shop', COMMANDS).split('\n');
  expect(lines).toContain("complete -c my-shop -n __fish_use_subcommand -a user -d 'of the application'");
  expect(lines).toContain(
    "complete -c my-shop -n '__fish_seen_subcommand_from metrics:rules' -l out -r -F -d 'a folder'",
  );
  expect(lines).toContain(
    String.raw`complete -c my-shop -n '__fish_seen_subcommand_from metrics:push' -s j -l job -x -a 'shop \'it\\\'s $(touch /tmp/never)\'' -d 'this job'`,
  );
});
