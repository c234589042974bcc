/**
 * `npm run docs:options`: what documentation says of the options is made of what the code says.
 * - lib/options/schema.ts has checks, defaults and variables;
 * - lib/options/module-options.ts has types and, as docstrings, what an option is for. The `@defaultValue` of each is written here;
 * - docs/configuration.md gets its tables between the markers: an option, the first paragraph of its docstring with the page behind
 *   `@see`, its default, its variable.
 * With `--check` nothing is written: the exit code is 1 if something would be.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const INTERFACES = 'lib/options/module-options.ts';
const PAGE = 'docs/configuration.md';
const MARKER = /<!-- options of (\w+), made by npm run docs:options -->\n[\s\S]*?<!-- end of options -->/g;

const { ENDPOINT, PROMETHEUS, PUSHGATEWAY, BESIDE_THEM, VARIABLES } = await schema();
/** Each interface: its options, and how its table names them. */
const TABLES = {
  PrometheusOptions: { options: PROMETHEUS, prefix: 'prometheus.', sections: ['prometheus'] },
  PushgatewayOptions: { options: PUSHGATEWAY, prefix: 'pushgateway.', sections: ['pushgateway'] },
  EndpointOptions: { options: ENDPOINT, prefix: '', sections: ['prometheus', 'pushgateway'] },
  PrometheusPushgatewayModuleOptions: { options: BESIDE_THEM, prefix: '', sections: [undefined] },
};

await main();

async function main() {
  const interfaces = await readFile(path(INTERFACES), 'utf8');
  const documented = await formatted(INTERFACES, withDefaultValues(interfaces));
  const page = await readFile(path(PAGE), 'utf8');
  const tables = await tablesOf(documented);
  const filled = await formatted(
    PAGE,
    page.replaceAll(MARKER, (_, name) => between(name, tables[name])),
  );
  for (const [file, before, after] of [
    [INTERFACES, interfaces, documented],
    [PAGE, page, filled],
  ]) {
    if (before === after) continue;
    if (!process.argv.includes('--check')) await writeFile(path(file), after);
    else {
      console.error(`${file} does not say what lib/options says: npm run docs:options`);
      process.exitCode = 1;
    }
  }
}

function path(file) {
  return join(import.meta.dirname, '..', file);
}

/** The schema is TypeScript, and knows nothing of documentation. */
async function schema() {
  const { outputFiles } = await build({
    entryPoints: [path('lib/options/schema.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: ['cron', 'ioredis'],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

async function formatted(file, text) {
  return format(text, { ...(await resolveConfig(path(file))), filepath: file });
}

/** Every option of every interface that is in a schema, in the order of the source. */
function documentedOptions(source) {
  const file = ts.createSourceFile(INTERFACES, source, ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isInterfaceDeclaration).flatMap(({ name: { text: owner }, members }) =>
    members.flatMap((member) => {
      const option = TABLES[owner]?.options[member.name.text];
      if (option === undefined) return [];
      const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      if (doc === undefined) throw new Error(`${owner}.${member.name.text} has no docstring`);
      return [{ owner, name: member.name.text, option, doc }];
    }),
  );
}

function withDefaultValues(source) {
  let text = source;
  for (const { option, doc } of documentedOptions(source).reverse()) {
    const lines = linesOf(doc).filter((line) => !line.startsWith('@defaultValue'));
    while (lines.at(-1) === '') lines.pop();
    if (!option.isRequired) {
      if (!lines.some((line) => line.startsWith('@'))) lines.push('');
      lines.push(`@defaultValue ${defaultOf(option)}`);
    }
    const body = lines.map((line) => (line === '' ? '   *' : `   * ${line}`)).join('\n');
    text = `${text.slice(0, doc.getStart())}/**\n${body}\n   */${text.slice(doc.getEnd())}`;
  }
  return text;
}

function linesOf(doc) {
  const body = doc.getText().replace(/^\/\*\*[ \t]*\n?|\s*\*\/$/g, '');
  return body.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
}

function defaultOf({ default: value, otherwise = 'none' }) {
  if (value === undefined || JSON.stringify(value) === '{}' || JSON.stringify(value) === '[]') return otherwise;
  return `\`${literal(value)}\``;
}

function literal(value) {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object') return String(value);
  return `{ ${Object.entries(value).map(([name, inner]) => `${name}: ${literal(inner)}`)} }`;
}

async function tablesOf(source) {
  const tables = {};
  for (const { owner, name, option, doc } of documentedOptions(source)) {
    const { prefix, sections } = TABLES[owner];
    const variables = VARIABLES.filter((each) => each.option === name && sections.includes(each.section));
    const cells = [
      `\`${prefix}${name}\``,
      await meaningOf(linesOf(doc)),
      option.isRequired ? 'required' : defaultOf(option),
      variables.map((variable) => `\`${variable.name}\``).join(', '),
    ];
    tables[owner] = `${tables[owner] ?? ''}| ${cells.join(' | ')} |\n`;
  }
  return tables;
}

/** The first paragraph, as the cell of a table, with a link to the page. */
async function meaningOf(lines) {
  const end = lines.findIndex((line) => line === '' || line.startsWith('@'));
  const paragraph = lines.slice(0, end === -1 ? undefined : end).join(' ');
  const text = paragraph.replace(/\.$/, '').replaceAll('|', '\\|');
  const see = lines.find((line) => line.startsWith('@see '))?.slice('@see docs/'.length);
  return see === undefined ? text : `${text}; see ${await linkTo(see)}`;
}

async function linkTo(target) {
  const [page, anchor] = target.split('#');
  const headings = [...(await readFile(path(`docs/${page}`), 'utf8')).matchAll(/^#+ (.*)$/gm)].map(
    ([, title]) => title,
  );
  const slug = (title) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  const title = anchor === undefined ? headings[0] : headings.find((heading) => slug(heading) === anchor);
  if (title === undefined) throw new Error(`docs/${target} has no such heading`);
  return `[${title}](${page === 'configuration.md' ? `#${anchor}` : target})`;
}

function between(name, rows) {
  if (rows === undefined) throw new Error(`${PAGE} asks for a table of ${name}, which is not known`);
  return [
    `<!-- options of ${name}, made by npm run docs:options -->`,
    '',
    '| option | meaning | default | variable |\n| --- | --- | --- | --- |',
    `${rows}`,
    '<!-- end of options -->',
  ].join('\n');
}
