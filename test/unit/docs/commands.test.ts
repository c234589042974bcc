import 'reflect-metadata';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../../lib/cli/pushgateway-command.module.js';
import { commandOf } from '../../../lib/cli/same-names.js';
import { PAGES, read, ROOT } from './pages.js';

/** Not needed here: `npx` fetches it, as the page says. */
const FETCHED = 'tsx';
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** A line of a shell block, or of code in a sentence. */
interface Typed {
  readonly page: string;
  readonly line: string;
}

const TYPED: readonly Typed[] = PAGES.flatMap((page) => {
  const text = read(page);
  const blocks = [...text.matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```/gm)].flatMap(([, code]) =>
    (code as string).replaceAll('\\\n', ' ').split('\n'),
  );
  const inline = [...text.matchAll(/`((?:npm|npx|nest) [^`\n]+)`/g)].map(([, code]) => code as string);
  return [...blocks, ...inline].map((line) => ({ page, line: line.replace(/ +# .*$/, '').trim() }));
});

describe('what the pages tell to type', () => {
  it('are npm scripts that exist', () => {
    const named = TYPED.flatMap(({ page, line }) =>
      [...line.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map(([, script, short]) => ({
        page,
        script: script ?? short,
      })),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ script }) => scripts[script as string] === undefined)).toEqual([]);
  });

  it('are arguments of these that their programs know', () => {
    const told = TYPED.flatMap(({ page, line }) => {
      const [, script, rest] = /npm run (?:--silent )?([\w:-]+) -- (.+)/.exec(line) ?? [];
      // What `npx` fetches has flags that nobody here can look up.
      const isOurs = script !== undefined && !scripts[script]?.startsWith('npx --yes ');
      return isOurs ? [{ page, script, words: wordsOf(rest as string) }] : [];
    });
    expect(told.length).toBeGreaterThan(10);
    const unknown = told.flatMap(({ page, script, words }) => {
      const sources = sourcesOf(script);
      return words.filter((word) => !sources.includes(word.replace(/^-+/, ''))).map((word) => ({ page, script, word }));
    });
    expect(unknown).toEqual([]);
  });

  it('are commands of ours with flags that they have', () => {
    const calls = TYPED.flatMap(({ page, line }) => {
      const [, command, rest] = /(?:nest start --|node dist\/main\.js) (\w+)([^&|]*)/.exec(line) ?? [];
      return command === undefined ? [] : [{ page, command, flags: rest?.match(/(?<= )--?[a-z][\w-]*/g) ?? [] }];
    });
    expect(calls.length).toBeGreaterThan(20);
    const known = new Map(COMMANDS.map((type) => [commandOf(type)?.name, flagsOf(type)]));
    const wrong = calls.filter(
      ({ command, flags }) => !known.has(command) || flags.some((flag) => !known.get(command)?.includes(flag)),
    );
    expect(wrong).toEqual([]);
  });

  it('are programs of packages that are installed here', () => {
    const programs = TYPED.flatMap(({ line }) => [...line.matchAll(/\bnpx (\w[\w-]*)/g)].map(([, name]) => name));
    expect(programs).toContain('nest');
    expect(
      programs.filter((name) => name !== FETCHED && !existsSync(join(ROOT, 'node_modules/.bin', name as string))),
    ).toEqual([]);
  });
});

/** Flags and names; not what stands in quotes, numbers, or files to write. */
function wordsOf(rest: string): string[] {
  return rest
    .replaceAll(/'[^']*'/g, '')
    .split(' ')
    .filter((word) => /^-*[A-Za-z][\w-]*$/.test(word));
}

/** All that a script's program may consist of, names of its files included. */
function sourcesOf(script: string): string {
  const [, program] = /(?:node|bash) (?:dist\/)?(\S+)/.exec(scripts[script] as string) ?? [];
  const folder = (program as string).replace(/\/[^/]+$/, '');
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?!.*(?:node_modules|build\/)).*\.(?:ts|mjs|sh)$/.test(name))
    .map((name) => `${name}\n${read(join(folder, name))}`)
    .join('\n');
}

/** `-j` and `--job` of `-j, --job <name...>`; every command has --help. */
function flagsOf(type: object): string[] {
  const methods: Record<string, unknown> = {};
  for (
    let at = (type as { prototype: object }).prototype;
    at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) methods[name] ??= value;
  }
  const flags = Object.values(methods).flatMap((method) => {
    if (typeof method !== 'function') return [];
    const option = Reflect.getMetadata('CommandBuilder:Option:Meta', method) as { flags: string } | undefined;
    return option?.flags.match(/(?<![\w-])--?[a-z][\w-]*/g) ?? [];
  });
  return [...flags, '--help'];
}
