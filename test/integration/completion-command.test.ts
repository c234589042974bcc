import { spawnSync } from 'node:child_process';
import { runNode } from '../support/run-node.js';

const completion = (...args: string[]) =>
  runNode('test/support/processes/command.js', ['completion', ...args], {
    OPTIONS: JSON.stringify({ prometheus: { jobs: ['shop', 'payments'] }, pushgateway: { redis: '127.0.0.1:9' } }),
  }).done;

it('prints a script that completes this very command line, without Redis', async () => {
  const { code, stdout, stderr } = await completion('bash', '--program', 'shop');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const offers = (line: string): string[] => {
    const ask = `${stdout}\nCOMP_LINE=$1; COMP_POINT=\${#1}; _shop_completion; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['--norc', '-c', ask, 'bash', line], { encoding: 'utf8' }).stdout.trim().split('\n');
  };
  expect(offers('shop ')).toEqual(expect.arrayContaining(['push', 'show', 'query', 'groups', 'completion', 'help']));
  expect(offers('shop push --job ')).toEqual(['shop', 'payments']);
  expect(offers('shop rules --strategy ')).toEqual(['sticky', 'broadcast']);
  expect(offers('shop show --')).toEqual(
    expect.arrayContaining(['--watch', '--interval', '--json', '--limit', '--help']),
  );
});

it('wants to know the shell, and what is typed', async () => {
  expect(await completion('bash')).toMatchObject({
    code: 1,
    stdout: '',
    stderr:
      'completion: a shell completes by what is typed first, and that is not command.js: make a function of some name that calls it, and say the name with --program\n',
  });
  expect(await completion('csh', '--program', 'shop')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'completion: expected bash, zsh or fish, got "csh"\n',
  });
});
