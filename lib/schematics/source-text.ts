/** After the last import of a file, unless it is there already. */
export function withImport(code: string, name: string, from: string): string {
  const line = `import { ${name} } from '${from}';\n`;
  if (code.includes(line)) return code;
  const imports = [...code.matchAll(/^import [^;]*;[^\n]*\n/gm)];
  const last = imports.at(-1);
  const at = last ? last.index + last[0].length : 0;
  return code.slice(0, at) + line + code.slice(at);
}

/** Among the imports of the first `@Module`, before those that are there; undefined if there is no such list. */
export function withModules(code: string, modules: readonly string[]): string | undefined {
  const decorator = /@Module\(\{/.exec(code);
  if (!decorator) return undefined;
  const from = decorator.index + decorator[0].length;
  const list = modules.join(', ');
  const imports = /^([^@]*?\bimports:\s*\[)(\s*)(\]?)/.exec(code.slice(from));
  if (!imports) return `${code.slice(0, from)}\n  imports: [${list}],${code.slice(from)}`;
  const [whole, before = '', space = '', end = ''] = imports;
  const after = code.slice(from + whole.length);
  return `${code.slice(0, from)}${before}${space}${list}${end === '' ? ', ' : ''}${end}${after}`;
}

/** At the beginning of `async function bootstrap() {`; undefined if there is none. */
export function withFirstStatement(code: string, statement: string): string | undefined {
  const start = /async function \w+\([^)]*\)[^{]*\{\n/.exec(code);
  if (!start) return undefined;
  const at = start.index + start[0].length;
  return code.slice(0, at) + statement + code.slice(at);
}

/**
 * After the statement that makes the application, `const app = await NestFactory.create(...);`; undefined if there is none. Without semicolons the
 * next one may stand behind the end of the function, where nobody knows the application.
 */
export function withHooks(code: string): string | undefined {
  if (code.includes('enableShutdownHooks(')) return code;
  const statement =
    /^([ \t]*)(?:const|let) (\w+)(?:: [^=\n]+)? = await NestFactory\.create\w*(?:<[^\n(]*>)?\((?:[^;\n]|\n(?!\}))*\);\n/m;
  const made = statement.exec(code);
  if (!made) return undefined;
  const [whole, space = '', name = ''] = made;
  const at = made.index + whole.length;
  return `${code.slice(0, at)}${space}${name}.enableShutdownHooks();\n${code.slice(at)}`;
}
