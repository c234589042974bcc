import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { COMMANDS } from '../../lib/cli/pushgateway-command.module.js';
import { commandOf } from '../../lib/cli/same-names.js';
import { GATEWAY_URLS } from '../../lib/options/environment-names.js';
import { VARIABLE_NAMES } from '../../lib/options/index.js';

const ROOT = resolve(__dirname, '../..');
const MOST_LINES = 200;
const README = read('README.md');
const PAGES = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

describe('README', () => {
  it(`has at most ${MOST_LINES} lines`, () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  });

  it('links the list of all pages, which links each of them', () => {
    expect(README).toContain('(docs/README.md)');
    const rows = read('docs/README.md').matchAll(/^\| \[[^\]]+\]\(([^)#]+)\) +\| \S/gm);
    const inDocs = [...rows].map(([, page]) => page as string).filter((page) => !page.startsWith('../'));
    const linked = inDocs.map((page) => `docs/${page}`);
    expect(linked.sort()).toEqual(PAGES.filter((page) => page !== 'docs/README.md').sort());
  });
});

describe('README and the pages of docs/', () => {
  it('show TypeScript that compiles as strictly as our own', () => {
    const snippets = ['README.md', ...PAGES].flatMap((page) =>
      blocks(page, 'ts').map((code, at): [string, string] => {
        const name = `${page.replaceAll(/[./]/g, '-')}-${at + 1}.ts`;
        return [join(ROOT, 'test', name), code];
      }),
    );
    expect(snippets.length).toBeGreaterThan(15);
    expect(compilationFaults(new Map(snippets))).toEqual([]);
  });

  it.each(['README.md', ...PAGES])('show TypeScript as "ts", which is compiled: %s', (page) => {
    expect(read(page)).not.toMatch(/^ *```(typescript|tsx|mts|cts|javascript|js)\b/m);
  });

  it('name every error code there is, in docs/errors.md, and no other', () => {
    const codes = errorCodes();
    expect(rowsOf('docs/errors.md', /^\| `(ERR_[A-Z_]+)`/gm)).toEqual(codes);
    for (const page of ['README.md', ...PAGES]) expect(codes).toEqual(expect.arrayContaining(errorCodesIn(page)));
  });

  it('name every environment variable there is, in docs/configuration.md, and no other', () => {
    const variables = environmentVariables();
    expect(environmentVariablesIn('docs/configuration.md')).toEqual(variables);
    for (const page of ['README.md', ...PAGES]) {
      expect(variables).toEqual(expect.arrayContaining(environmentVariablesIn(page)));
    }
  });
});

describe('every command', () => {
  const commands = COMMANDS.map((type) => commandOf(type)?.name as string);

  it('has a heading in docs/cli.md', () => {
    expect(rowsOf('docs/cli.md', /^## (\S+)$/gm)).toEqual([...commands].sort());
  });

  it('has a line in README', () => {
    expect(rowsOf('README.md', /^nest start -- (\S+) /gm)).toEqual([...commands].sort());
  });

  it('is named by the option of nest add that adds them', () => {
    const { properties } = JSON.parse(read('lib/schematics/schema.json')) as {
      properties: { cli: { description: string } };
    };
    for (const command of commands) expect(properties.cli.description).toMatch(new RegExp(`\\b${command}\\b`));
  });
});

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Code blocks of a language, indented ones included. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, indent, code]) => (code as string).replaceAll(new RegExp(`^${indent as string}`, 'gm'), ''),
  );
}

/** All files are one program: what they import is read and checked once. */
function compilationFaults(files: ReadonlyMap<string, string>): string[] {
  const configFile = join(ROOT, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(configFile, (name) => ts.sys.readFile(name)).config,
    ts.sys,
    ROOT,
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

function errorCodes(): string[] {
  const folder = join(ROOT, 'lib/errors');
  const text = ts.sys
    .readDirectory(folder, ['.ts'])
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return [...text.matchAll(/code = '(ERR_[A-Z_]+)'/g)].map(([, code]) => code as string).sort();
}

function environmentVariables(): string[] {
  return [...VARIABLE_NAMES, ...GATEWAY_URLS].sort();
}

/** The first group of each match, sorted. */
function rowsOf(page: string, row: RegExp): string[] {
  return [...read(page).matchAll(row)].map(([, name]) => name as string).sort();
}

function errorCodesIn(page: string): string[] {
  return [...new Set(read(page).match(/ERR_[A-Z_]+/g))].sort();
}

function environmentVariablesIn(page: string): string[] {
  return [...new Set(read(page).match(/\b(?:PROMETHEUS|PUSHGATEWAY)_[A-Z0-9_]+/g))].sort();
}
