import { type Host, installServers } from '../../support/install-servers.js';
import type { ServerName } from '../../support/require-servers.js';

interface Machine {
  missing?: ServerName[];
  programs?: string[];
  isRoot?: boolean;
  hasTerminal?: boolean;
  isCi?: boolean;
  answer?: boolean;
  status?: number;
  /** Whether apt-get brings what it is asked for. */
  works?: boolean;
}

function machine({
  missing = ['haproxy', 'prometheus'],
  programs = ['apt-get', 'sudo'],
  isRoot = false,
  hasTerminal = false,
  isCi = false,
  answer = true,
  status = 0,
  works = true,
}: Machine): { host: Host; runs: string[][]; questions: string[] } {
  let left = missing;
  const runs: string[][] = [];
  const questions: string[] = [];
  const host: Host = {
    isRoot,
    hasTerminal,
    isCi,
    missing: (servers) => servers.filter((server) => left.includes(server)),
    hasProgram: (name) => programs.includes(name),
    confirm: (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
    run: (command) => {
      runs.push([...command]);
      if (works) left = [];
      return status;
    },
  };
  return { host, runs, questions };
}

const NAMES: ServerName[] = ['redis-server', 'haproxy', 'prometheus'];
const COMMAND = 'sudo apt-get update && sudo apt-get install --no-install-recommends haproxy prometheus';
const installed = { outcome: 'installed', servers: ['haproxy', 'prometheus'] };

describe('installServers', () => {
  test('does nothing where all are there', async () => {
    const { host, runs } = machine({ missing: [] });
    await expect(installServers(NAMES, { ask: true, host })).resolves.toEqual({ outcome: 'present' });
    expect(runs).toEqual([]);
  });

  test('installs only what is missing, as root without asking where nobody is', async () => {
    const { host, runs, questions } = machine({ isRoot: true, programs: ['apt-get'] });
    await expect(installServers(NAMES, { ask: true, host })).resolves.toEqual(installed);
    expect(runs).toEqual([['sh', '-c', expect.any(String), 'install-servers', 'haproxy', 'prometheus']]);
    expect(questions).toEqual([]);
  });

  test('in CI uses sudo, which must not wait for a password', async () => {
    const { host, runs, questions } = machine({ isCi: true, hasTerminal: true });
    await expect(installServers(NAMES, { ask: true, host })).resolves.toEqual(installed);
    expect(runs[0]?.slice(0, 3)).toEqual(['sudo', '-n', 'sh']);
    expect(questions).toEqual([]);
  });

  test('asks a person at a terminal, then uses sudo, which may ask for a password', async () => {
    const { host, runs, questions } = machine({ hasTerminal: true });
    await expect(installServers(NAMES, { ask: true, host })).resolves.toEqual(installed);
    expect(questions).toEqual(['Install haproxy, prometheus with apt-get?']);
    expect(runs[0]?.slice(0, 2)).toEqual(['sudo', 'sh']);
  });

  test('asks root at a terminal too', async () => {
    const { host, questions } = machine({ hasTerminal: true, isRoot: true });
    await expect(installServers(NAMES, { ask: true, host })).resolves.toEqual(installed);
    expect(questions).toHaveLength(1);
  });

  test('does not ask a person who has said yes already', async () => {
    const { host, questions } = machine({ hasTerminal: true });
    await expect(installServers(NAMES, { ask: false, host })).resolves.toEqual(installed);
    expect(questions).toEqual([]);
  });

  test.each<{ machine: Machine; reason: string; command: string | undefined }>([
    { machine: { hasTerminal: true, answer: false }, reason: 'as you wished', command: COMMAND },
    { machine: {}, reason: 'no terminal', command: COMMAND },
    { machine: { hasTerminal: true, programs: ['apt-get'] }, reason: 'there is no sudo', command: COMMAND },
    { machine: { isRoot: true, programs: [] }, reason: 'On other systems', command: undefined },
  ])('installs nothing, and says what to do: $reason', async ({ machine: kind, reason, command }) => {
    const { host, runs } = machine(kind);
    const result = await installServers(NAMES, { ask: true, host });
    expect(result).toMatchObject({ outcome: 'missing', servers: ['haproxy', 'prometheus'] });
    expect(result).toHaveProperty('message', expect.stringContaining(reason));
    expect(result).toHaveProperty('message', expect.stringContaining(COMMAND));
    expect('command' in result ? result.command : undefined).toBe(command);
    expect(runs).toEqual([]);
  });

  test.each<{ machine: Machine; reason: string }>([
    { machine: { status: 100, works: false }, reason: 'apt-get failed (100)' },
    { machine: { works: false }, reason: 'apt-get brought no program for haproxy, prometheus' },
  ])('does not call it installed when $reason', async ({ machine: kind, reason }) => {
    const { host } = machine({ ...kind, isRoot: true });
    const result = await installServers(NAMES, { ask: true, host });
    expect(result).toMatchObject({ outcome: 'missing', message: expect.stringContaining(reason) });
  });
});
