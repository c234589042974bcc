import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Code blocks of a language, indented ones included. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, indent, code]) => (code as string).replaceAll(new RegExp(`^${indent as string}`, 'gm'), ''),
  );
}

describe('README', () => {
  it('shows TypeScript that compiles as strictly as our own', () => {
    const snippets = blocks('ts');
    expect(snippets.length).toBeGreaterThan(5);
    const files = new Map(snippets.map((code, at) => [join(ROOT, 'test', `readme-${at + 1}.ts`), code]));

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
    const faults = [...files.keys()].flatMap((name) => {
      const source = program.getSourceFile(name);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(faults).toEqual([]);
  });

  it('names every error code there is, and no other', () => {
    const errors = errorCodes();
    const named = [...new Set(README.match(/ERR_[A-Z_]+/g))].sort();
    expect(named).toEqual(errors);
  });

  it('names every environment variable there is, and no other', () => {
    const source = readFileSync(join(ROOT, 'lib/options/environment.ts'), 'utf8');
    const variables = [...source.matchAll(/^ {2}((?:PROMETHEUS|PUSHGATEWAY)_[A-Z_]+): as/gm)].map(([, name]) => name);
    const named = [...new Set(README.match(/\b(?:PROMETHEUS|PUSHGATEWAY)_[A-Z_]+/g))].sort();
    expect(named).toEqual(variables.sort());
  });
});

function errorCodes(): string[] {
  const folder = join(ROOT, 'lib/errors');
  const text = ts.sys
    .readDirectory(folder, ['.ts'])
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return [...text.matchAll(/code = '(ERR_[A-Z_]+)'/g)].map(([, code]) => code as string).sort();
}
