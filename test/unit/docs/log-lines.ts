import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');
/** Where nothing is logged while an application runs: what `nest add` says, and what runs in a browser. */
const LEFT_OUT = /^lib\/(?:schematics|console\/page)\//;
const LEVELS = ['error', 'warn', 'log'];
/** Methods of ours that log what they are given, by which argument that is. */
const PASSING_ON = new Map([['#warnOnce', 1]]);
/** What stands for a value. */
const VALUE = '…';

/** A line that the package may log. */
export interface LogLine {
  readonly file: string;
  /** `…` stands for each value: `Job "…" has moved from … to …`. */
  readonly text: string;
}

/** Every line that the code in `lib/` logs. What is put together in another file stands as `…` alone. */
export function logLines(): LogLine[] {
  return ts.sys.readDirectory(join(ROOT, 'lib'), ['.ts']).flatMap((path) => {
    const file = path.slice(ROOT.length + 1);
    if (LEFT_OUT.test(file)) return [];
    return linesOf(sourceOf(path)).map((text) => ({ file, text }));
  });
}

/** All texts that stand in a file, with `…` for values. */
export function textsIn(file: string): string[] {
  const texts: string[] = [];
  visit(sourceOf(join(ROOT, file)), (node) => {
    if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) texts.push(textOf(node));
  });
  return texts;
}

function sourceOf(path: string): ts.SourceFile {
  return ts.createSourceFile(path, ts.sys.readFile(path) ?? '', ts.ScriptTarget.Latest, true);
}

function linesOf(source: ts.SourceFile): string[] {
  const lines: string[] = [];
  visit(source, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { name, expression } = node.expression;
    const isLogger = /logger/i.test(expression.getText()) && LEVELS.includes(name.text);
    const at = isLogger ? 0 : PASSING_ON.get(name.text);
    const said = at === undefined ? undefined : node.arguments[at];
    if (said && !isPassedOn(said)) lines.push(...textsOf(said));
  });
  return lines;
}

/** In a method that logs what it is given. */
function isPassedOn(said: ts.Expression): boolean {
  const method = ts.findAncestor(said, ts.isMethodDeclaration);
  return ts.isIdentifier(said) && PASSING_ON.has(method?.name.getText() ?? '');
}

/** A function of the same file may give one of several. */
function textsOf(said: ts.Expression): string[] {
  if (!ts.isCallExpression(said) || !ts.isIdentifier(said.expression)) return [textOf(said)];
  const name = said.expression.text;
  const texts: string[] = [];
  visit(said.getSourceFile(), (node) => {
    const isReturned = ts.isReturnStatement(node) && node.expression !== undefined;
    if (isReturned && ts.findAncestor(node, ts.isFunctionDeclaration)?.name?.text === name) {
      texts.push(textOf(node.expression));
    }
  });
  return texts.length > 0 ? texts : [VALUE];
}

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map((span) => textOf(span.expression) + span.literal.text)].join('');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  return ts.isIdentifier(node) ? constant(node) : VALUE;
}

/** A text that was given a name before, in the same function. */
function constant(name: ts.Identifier): string {
  const scope = ts.findAncestor(name, (node) => ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node));
  let value = VALUE;
  if (scope) {
    visit(scope, (node) => {
      if (!ts.isVariableDeclaration(node) || node.name.getText() !== name.text || !node.initializer) return;
      const isText = ts.isTemplateExpression(node.initializer) || ts.isBinaryExpression(node.initializer);
      if (isText || ts.isStringLiteralLike(node.initializer)) value = textOf(node.initializer);
    });
  }
  return value;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => {
    visit(child, see);
  });
}
